import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { findHost } from "../../src/control/find-host.js";
import { type ControlFolder, controlFolder, isUnix, startControlled } from "./control-folder.js";

interface Search {
  readonly folder: ControlFolder;
  readonly told: string[];
  readonly find: (control?: string, extra?: Record<string, string>) => ReturnType<typeof findHost>;
}

function search(t: TestContext): Search {
  const folder = controlFolder(t);
  const told: string[] = [];
  const tell = (line: string): void => void told.push(line);
  return { folder, told, find: (control, extra) => findHost({ control, env: { ...folder.env, ...extra }, tell }) };
}

async function leaveSocket(path: string): Promise<void> {
  mkdirSync(path.replace(/\/[^/]*$/, ""), { recursive: true, mode: 0o700 });
  const code = `require("net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
  await once(spawn(process.execPath, ["-e", code]), "close");
}

describe("findHost()", { skip: !isUnix }, () => {
  it("says that no host is running, and where it looked", async (t) => {
    const { folder, find } = search(t);
    await assert.rejects(find(), {
      message: `Cannot reach a host: no host is running: no control socket in ${folder.path}/belfry`,
    });
    await assert.rejects(find("/nowhere/x.sock"), /no host is running at \/nowhere\/x\.sock$/);
  });

  it("finds the one live host, and removes sockets of dead ones", async (t) => {
    const { folder, told, find } = search(t);
    await leaveSocket(folder.socket("4194304"));
    await startControlled(t, folder.socket("2"), "echo");
    const link = await find();
    assert.equal(link.path, folder.socket("2"));
    assert.equal(existsSync(folder.socket("4194304")), false);
    assert.deepEqual(told, [`removed ${folder.socket("4194304")}: its process 4194304 has ended`]);
    await link.close();
  });

  it("names several with their services, and takes the one that is named", async (t) => {
    const { folder, find } = search(t);
    await startControlled(t, folder.socket("1"), "echo", "Tokyo:clock");
    await startControlled(t, folder.socket("2"));
    await assert.rejects(find(), (error: AggregateError) => {
      assert.deepEqual(
        error.errors.map(({ message }: Error) => message),
        [
          "Cannot choose a host: 2 are running; name one of them",
          `process ${process.pid} (echo, Tokyo): --control ${folder.socket("1")}`,
          `process ${process.pid} (no services): --control ${folder.socket("2")}`,
        ],
      );
      return true;
    });
    for (const link of [
      await find(folder.socket("2")),
      await find(undefined, { BELFRY_CONTROL: folder.socket("2") }),
      await find(folder.socket("2"), { BELFRY_CONTROL: folder.socket("1") }),
    ]) {
      assert.equal(link.path, folder.socket("2"));
      await link.close();
    }
  });

  it("removes a dead socket that is named, and no plain file", async (t) => {
    const { folder, told, find } = search(t);
    const dead = folder.socket("dead");
    await leaveSocket(dead);
    await assert.rejects(find(dead), { message: `Cannot reach a host: no host is running at ${dead}` });
    assert.equal(existsSync(dead), false);
    assert.equal(told.length, 1);
    const plain = folder.socket("plain");
    writeFileSync(plain, "precious");
    await assert.rejects(find(plain), /no host is running/);
    await assert.rejects(find(), /no host is running/);
    assert.ok(existsSync(plain));
  });

  it("gives up on a process that listens and does not answer", async (t) => {
    const { folder, find } = search(t);
    mkdirSync(`${folder.path}/belfry`, { mode: 0o700 });
    const sockets: Socket[] = [];
    const mute = createServer((socket) => sockets.push(socket));
    mute.listen(folder.socket("77"));
    await once(mute, "listening");
    const began = Date.now();
    await assert.rejects(find(), (error: AggregateError) => {
      assert.match(String(error.errors[0]), /Cannot ask the host at .*77\.sock: no answer for 5s$/);
      return true;
    });
    assert.ok(Date.now() - began < 8000);
    for (const socket of sockets) socket.destroy();
    mute.close();
    await once(mute, "close");
  });

  it("does not trust a directory that others can write to", async (t) => {
    const { folder, find } = search(t);
    await startControlled(t, folder.socket("1"), "echo");
    chmodSync(`${folder.path}/belfry`, 0o777);
    await assert.rejects(find(), /no host is running/);
  });

  it("stops looking when it is told to", async (t) => {
    const { folder } = search(t);
    mkdirSync(`${folder.path}/belfry`, { mode: 0o700 });
    const accepted: Socket[] = [];
    const mute = createServer((socket) => {
      accepted.push(socket);
      stop.abort(new Error("enough"));
    });
    const stop = new AbortController();
    mute.listen(folder.socket("77"));
    await once(mute, "listening");
    await assert.rejects(findHost({ env: folder.env, signal: stop.signal, tell: () => {} }), /^Error: enough$/);
    for (const socket of accepted) socket.destroy();
    mute.close();
    await once(mute, "close");
  });
});
