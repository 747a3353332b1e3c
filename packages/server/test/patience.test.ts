import { describe, it, mock } from "node:test";
import { Patience } from "../src/patience.js";

describe("Patience", () => {
  it("lasts until it is ended", async () => {
    const patience = new Patience();
    const over = patience.wait(Number.POSITIVE_INFINITY);
    patience.end();
    patience.end();
    await over;
  });

  it("runs out", async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
      const over = new Patience().wait(1000);
      mock.timers.tick(1000);
      await over;
    } finally {
      mock.timers.reset();
    }
  });

  it("is over at once when it was ended before", async () => {
    const patience = new Patience();
    patience.end();
    await patience.wait(Number.POSITIVE_INFINITY);
  });
});
