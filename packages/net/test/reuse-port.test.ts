import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { listen } from "../src/listen.js";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
/** Since when the runtime knows it, by its documentation. */
const isKnown = major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);

describe("listen with reusePort", () => {
  it("lets a second one have the port", { skip: !isKnown || process.platform !== "linux" }, async () => {
    await using first = await listen("127.0.0.1:0", { reusePort: true });
    await using second = await listen(first.addr, { reusePort: true });
    assert.equal(second.addr.port, first.addr.port);
  });

  it("says so where the runtime does not know it, with the versions that do", { skip: isKnown }, () =>
    assert.rejects(listen("127.0.0.1:0", { reusePort: true }), {
      name: "TypeError",
      message: `Cannot use reusePort: this is Node ${process.versions.node}, and it takes Node 22.12, 23.1 or later`,
    }),
  );

  it("listens alone without it, anywhere", async () => {
    await using listener = await listen("127.0.0.1:0", { reusePort: false });
    await assert.rejects(listen(listener.addr), /EADDRINUSE/);
  });
});
