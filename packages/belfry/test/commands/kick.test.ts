import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { main } from "../../src/main.js";
import { controlFolder, isUnix, startControlled } from "../control/control-folder.js";
import { memoryIo } from "../memory-io.js";

describe("belfry kick", { skip: !isUnix }, () => {
  it("resets the connection with that id", async (t) => {
    const folder = controlFolder(t);
    const { host } = await startControlled(t, folder.socket("1"), "echo");
    const socket = connect(host.servers[0]?.addr.port ?? 0, "127.0.0.1");
    t.after(() => socket.destroy());
    socket.write("x");
    await once(socket, "data");
    const reset = once(socket, "error");
    const { io, stdout } = memoryIo(folder.env);
    assert.equal(await main(["kick", "echo#1"], io), 0);
    assert.equal(stdout(), "echo#1 is reset\n");
    const [error] = (await reset) as [NodeJS.ErrnoException];
    assert.equal(error.code, "ECONNRESET");
  });

  it("ends with 1 where there is no such connection", async (t) => {
    const folder = controlFolder(t);
    await startControlled(t, folder.socket("1"), "echo");
    const { io, stderr } = memoryIo(folder.env);
    assert.equal(await main(["kick", "echo#9"], io), 1);
    assert.equal(stderr(), 'belfry: Cannot kick "echo#9": no such connection, or it has just ended\n');
  });
});
