import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { main } from "../../src/main.js";
import { controlFolder, isUnix, startControlled } from "../control/control-folder.js";
import { memoryIo } from "../memory-io.js";

describe("belfry status", { skip: !isUnix }, () => {
  it("shows the host, its services and its workers", async (t) => {
    const folder = controlFolder(t);
    const { host } = await startControlled(t, folder.socket("1"), "echo", "New York:clock");
    host.servers[0]?.suspend();
    const { io, stdout, stderr } = memoryIo(folder.env);
    assert.equal(await main(["status"], io), 0);
    const text = stdout();
    assert.match(text, new RegExp(`^ {2}belfry 0\\.1\\.0 · ● serving · ready · pid ${process.pid} · up \\d+s`, "m"));
    assert.match(text, /^ {2}● {2}echo +suspended +0\/1,000 .* 127\.0\.0\.1:\d+$/m);
    assert.match(text, /^ {2}● {2}New York +serving /m);
    assert.match(text, new RegExp(`^ {2}● +1 +${process.pid} {2}serving +1 +0 `, "m"));
    assert.match(text, /^ {2}workers crashed: 0 · reloads: 0 succeeded, 0 failed$/m);
    assert.equal(stderr(), "");
  });

  it("prints the same as JSON", async (t) => {
    const folder = controlFolder(t);
    const { host } = await startControlled(t, folder.socket("1"), "echo");
    const { io, stdout } = memoryIo(folder.env);
    assert.equal(await main(["status", "--json"], io), 0);
    const status = JSON.parse(stdout()) as { readonly services: unknown };
    assert.deepEqual(status.services, (await host.status()).services);
  });

  it("ends with 1 and says so where no host is running", async (t) => {
    const folder = controlFolder(t);
    const { io, stdout, stderr } = memoryIo(folder.env);
    assert.equal(await main(["status"], io), 1);
    assert.match(stderr(), /^belfry: Cannot reach a host: no host is running: [^\n]*\n$/);
    assert.equal(stdout(), "");
  });

  it("takes the socket from --control, then from BELFRY_CONTROL", async (t) => {
    const folder = controlFolder(t);
    await startControlled(t, folder.socket("1"), "echo");
    await startControlled(t, folder.socket("2"), "reverb");
    const named = memoryIo({ ...folder.env, BELFRY_CONTROL: folder.socket("1") });
    assert.equal(await main(["status", "--control", folder.socket("2")], named.io), 0);
    assert.match(named.stdout(), /reverb/);
    const fromEnv = memoryIo({ ...folder.env, BELFRY_CONTROL: folder.socket("1") });
    assert.equal(await main(["status"], fromEnv.io), 0);
    assert.match(fromEnv.stdout(), /echo/);
    const several = memoryIo(folder.env);
    assert.equal(await main(["status"], several.io), 1);
    assert.equal(several.stderr().trimEnd().split("\n").length, 3);
  });
});
