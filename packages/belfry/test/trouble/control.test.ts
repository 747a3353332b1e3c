import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { spawn } from "node:child_process";
import { chmodSync, existsSync, lstatSync, writeFileSync } from "node:fs";
import { describe, it, type TestContext } from "node:test";
import { startControlServer } from "../../src/control/control-server.js";
import { findHost } from "../../src/control/find-host.js";
import { controlFolder, isUnix, startControlled } from "../control/control-folder.js";
import { logTo } from "../log/log-to.js";

async function dialled(test: TestContext, path: string): Promise<Socket> {
  const socket = connect(path).on("error", () => {});
  test.after(() => socket.destroy());
  await once(socket, "connect");
  return socket;
}

/** What comes back until the connection ends. */
async function rest(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("utf8").on("data", (part: string) => (text += part));
  await new Promise((resolve) => socket.once("close", resolve));
  return text;
}

async function status(socket: Socket): Promise<boolean> {
  socket.write('{"command":"status"}\n');
  let text = "";
  while (!text.endsWith("\n")) text += String((await once(socket, "data"))[0]);
  return (JSON.parse(text) as { ok: boolean }).ok;
}

describe("a control socket in trouble", { skip: !isUnix }, () => {
  it("answers garbage with what is wrong, and goes on", async (t) => {
    const path = controlFolder(t).socket("a");
    await startControlled(t, path, "echo");
    const socket = await dialled(t, path);
    const garbage = [
      "hello",
      "\0\u0001\u{feff}",
      "[]",
      "null",
      '{"command":5}',
      '{"command":"__proto__"}',
      '{"command":"constructor"}',
      '{"command":"kick"}',
      '{"command":"connections","limit":1e99}',
      '{"command":"suspend","service":{"a":1}}',
      "[".repeat(16_000),
    ];
    for (const line of garbage) {
      socket.write(`${line}\n`);
      const [answer] = (await once(socket, "data")) as [Buffer];
      assert.equal((JSON.parse(String(answer)) as { ok: boolean }).ok, false, line);
    }
    assert.equal(await status(socket), true);
  });

  it("ends a connection with a line of 10 MB after the first 16 KiB, and others go on", async (t) => {
    const path = controlFolder(t).socket("a");
    await startControlled(t, path, "echo");
    const other = await dialled(t, path);
    const socket = await dialled(t, path);
    const before = process.memoryUsage.rss();
    socket.write("x".repeat(10 * 2 ** 20));
    assert.match(await rest(socket), /^(?:\{"ok":false,"error":"[^\n]*16384[^\n]*\}\n)?$/);
    assert.ok(process.memoryUsage.rss() - before < 60 * 2 ** 20);
    assert.equal(await status(other), true);
  });

  it("is flooded with 300 connections that say nothing, and answers who comes next once they are gone", async (t) => {
    const path = controlFolder(t).socket("a");
    const { control, host } = await startControlled(t, path, "echo");
    const crowd = Array.from({ length: 300 }, () => connect(path).on("error", () => {}));
    await Promise.all(crowd.map((socket) => Promise.race([once(socket, "connect"), once(socket, "close")])));
    for (const socket of crowd) socket.destroy();
    for (;;) {
      const socket = await dialled(t, path);
      const isAnswered = await Promise.race([status(socket), once(socket, "close").then(() => false)]);
      if (isAnswered) break;
    }
    await control.close();
    await host.close();
  });

  it("does not wait for those who never end, or sent half a request, when the host does", async (t) => {
    const path = controlFolder(t).socket("a");
    const { control } = await startControlled(t, path, "echo");
    const half = await dialled(t, path);
    half.write('{"command":');
    await dialled(t, path);
    const deaf = await dialled(t, path);
    deaf.pause();
    for (let count = 0; count < 200; count += 1) deaf.write('{"command":"status"}\n');
    const before = performance.now();
    await control.close();
    assert.ok(performance.now() - before < 4000, `${performance.now() - before} ms`);
    assert.equal(existsSync(path), false);
  });

  it("is taken over from a process that is gone, whatever process has its number now", async (t) => {
    const folder = controlFolder(t);
    // As long as this process lives, its number is in use: by one that is no host.
    const path = folder.socket(String(process.pid));
    const child = spawn(process.execPath, [
      "-e",
      `require("fs").mkdirSync(require("path").dirname(${JSON.stringify(path)}), { mode: 0o700 });
       require("net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`,
    ]);
    await once(child, "exit");
    assert.ok(lstatSync(path).isSocket());
    const told: string[] = [];
    await assert.rejects(findHost({ env: folder.env, tell: (line) => void told.push(line) }), /no host is running/);
    assert.match(String(told), new RegExp(`removed .*${process.pid}\\.sock`));
    const { control } = await startControlled(t, path, "echo");
    assert.equal(control.path, path);
  });

  it("is not taken from one that listens and never answers, nor from a file that is somebody's", async (t) => {
    const folder = controlFolder(t);
    const { host, lines } = await startControlled(t, folder.socket("a"), "echo");
    const path = folder.socket("mute");
    const mute = createServer(() => {}).listen(path);
    t.after(() => mute.close());
    await once(mute, "listening");
    const log = logTo((_, text) => void (lines as string[]).push(text));
    await assert.rejects(
      startControlServer(path, host, log),
      /^Error: Cannot make the control socket .*mute\.sock: another process listens there already$/,
    );
    const file = folder.socket("file");
    writeFileSync(file, "mine");
    await assert.rejects(startControlServer(file, host, log), /it is there already, and no socket/);
    const closed = folder.socket("closed");
    chmodSync(folder.path, 0o755);
    assert.equal(existsSync(closed), false);
  });
});
