import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BusyError, ClosedError, DeadlineError } from "../src/errors.js";

describe("errors", () => {
  it("carry a name, a stable code and a cause", () => {
    const cause = new Error("cause");
    const errors = [
      [new ClosedError("Closed", { cause }), "ClosedError", "ERR_CLOSED"],
      [new DeadlineError("Late", { cause }), "DeadlineError", "ERR_DEADLINE"],
      [new BusyError("Busy", { cause }), "BusyError", "ERR_BUSY"],
    ] as const;
    for (const [error, name, code] of errors) {
      assert.ok(error instanceof Error);
      assert.deepEqual([error.name, error.code, error.cause], [name, code, cause]);
    }
  });
});
