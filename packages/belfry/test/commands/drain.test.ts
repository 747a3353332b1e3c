import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { main } from "../../src/main.js";
import { controlFolder, isUnix, startControlled } from "../control/control-folder.js";
import { memoryIo } from "../memory-io.js";

describe("belfry drain", { skip: !isUnix }, () => {
  for (const { cut, status } of [
    { cut: 0, status: 0 },
    { cut: 2, status: 1 },
  ]) {
    it(`waits for the end, and ends with ${status} when ${cut} connections were cut`, async (t) => {
      const folder = controlFolder(t);
      const { host, control } = await startControlled(t, folder.socket("1"), "echo");
      const { io, stdout } = memoryIo(folder.env);
      host.onDrain = () => setImmediate(() => void control.close({ drained: 5, cut }));
      assert.equal(await main(["drain"], io), status);
      const { pid } = process;
      assert.equal(
        stdout(),
        `process ${pid} drains, open connections: 0\nprocess ${pid} has ended; connections drained: 5, cut: ${cut}\n`,
      );
    });
  }

  it("does not claim to know how it went where the host does not say", async (t) => {
    const folder = controlFolder(t);
    const { host, control } = await startControlled(t, folder.socket("1"), "echo");
    const { io, stderr } = memoryIo(folder.env);
    host.onDrain = () => setImmediate(() => void control.close());
    assert.equal(await main(["drain"], io), 1);
    assert.match(stderr(), /^belfry: Cannot tell how the drain went: process \d+ ended without a word\n$/);
  });

  it("ends at once with --no-wait", async (t) => {
    const folder = controlFolder(t);
    const { host } = await startControlled(t, folder.socket("1"), "echo");
    const { io, stdout } = memoryIo(folder.env);
    assert.equal(await main(["drain", "--no-wait"], io), 0);
    assert.equal(host.state, "draining");
    assert.match(stdout(), /^process \d+ drains, open connections: 0\n$/);
  });
});
