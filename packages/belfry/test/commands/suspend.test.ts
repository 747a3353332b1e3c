import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { main } from "../../src/main.js";
import { controlFolder, isUnix, startControlled } from "../control/control-folder.js";
import { memoryIo } from "../memory-io.js";

describe("belfry suspend", { skip: !isUnix }, () => {
  it("has a service serve nobody new", async (t) => {
    const folder = controlFolder(t);
    const { host } = await startControlled(t, folder.socket("1"), "echo", "New York:clock");
    host.servers[1]?.suspend();
    const { io, stdout } = memoryIo(folder.env);
    assert.equal(await main(["suspend", "New York"], io), 0);
    assert.match(stdout(), /^New York is suspended/);
    assert.equal(host.servers[1]?.state, "suspended");
  });

  it("suggests a name for one that is not known, and ends with 1", async (t) => {
    const folder = controlFolder(t);
    await startControlled(t, folder.socket("1"), "echo", "New York:clock");
    const { io, stderr } = memoryIo(folder.env);
    assert.equal(await main(["suspend", "newyork"], io), 1);
    assert.equal(stderr(), 'belfry: Cannot suspend "newyork": no such service; did you mean "New York"?\n');
  });

  it("wants a name", async () => {
    const { io, stderr } = memoryIo();
    assert.equal(await main(["suspend"], io), 2);
    assert.match(stderr(), /missing required argument 'service'/);
  });
});
