import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { describe, it } from "node:test";
import { RawClient, withoutLeaks } from "@belfry/testkit";
import { startControlServer } from "../../src/control/control-server.js";
import { dialControl } from "../../src/control/control-link.js";
import { createTextLog } from "../../src/log/text-log.js";
import { memoryIo } from "../memory-io.js";
import { controlFolder, isUnix, startControlled } from "./control-folder.js";
import { InProcessHost } from "./in-process-host.js";

const SILENT = createTextLog("error", memoryIo().io.stderr);

/** Sends lines and reads as many answers as there are. */
async function converse(path: string, text: string, answers: number): Promise<unknown[]> {
  const socket = connect(path);
  socket.write(text);
  let received = "";
  while (received.split("\n").length <= answers) received += String((await once(socket, "data"))[0]);
  socket.destroy();
  return received
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

/** Leaves a socket behind as a process does that is killed. */
async function leaveSocket(path: string): Promise<void> {
  const code = `require("net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
  await once(spawn(process.execPath, ["-e", code]), "close");
  assert.ok(existsSync(path));
}

describe("startControlServer()", { skip: !isUnix }, () => {
  it("makes a socket that this user alone can reach, in a directory of this user's alone", async (t) => {
    const folder = controlFolder(t);
    const mask = process.umask(0);
    t.after(() => process.umask(mask));
    const path = folder.socket("1");
    await startControlled(t, path);
    assert.equal(lstatSync(path).mode & 0o777, 0o600);
    assert.equal(lstatSync(`${folder.path}/belfry`).mode & 0o777, 0o700);
    // The mask is as it was.
    assert.equal(process.umask(0), 0);
  });

  it("answers a line for a line, in order, wrong ones too", async (t) => {
    const path = controlFolder(t).socket("1");
    await startControlled(t, path, "echo");
    const text = `nonsense\n{"command":"stats"}\n{"command":"suspend"}\n{"command":"kick","connection":"echo#9"}\n`;
    assert.deepEqual(await converse(path, text, 4), [
      { ok: false, error: "Cannot read the request: expected a JSON object a line" },
      { ok: false, error: 'Cannot do "stats": did you mean "status"?' },
      { ok: false, error: "Cannot use service undefined: expected a text that is not empty" },
      { ok: true, result: false },
    ]);
  });

  it("ends a connection whose request is too long, with a word, and not the others", async (t) => {
    const path = controlFolder(t).socket("1");
    await startControlled(t, path, "echo");
    const link = await dialControl(path);
    const long = await converse(path, `${"x".repeat(20_000)}\n`, 1);
    assert.deepEqual(long, [{ ok: false, error: "Cannot read line: longer than 16384 bytes" }]);
    assert.equal((await link.ask("status", {})).pid, process.pid);
    await link.close();
  });

  it("suspends and resumes a service, and logs who was asked what", async (t) => {
    const path = controlFolder(t).socket("1");
    const { host, lines } = await startControlled(t, path, "echo");
    const link = await dialControl(path);
    await link.ask("suspend", { service: "echo" });
    assert.equal((await link.ask("status", {})).services[0]?.state, "suspended");
    await link.ask("resume", { service: "echo" });
    assert.equal(host.servers[0]?.state, "serving");
    await link.close();
    assert.deepEqual(lines, [
      "info asked on the control socket: suspend echo",
      "info asked on the control socket: resume echo",
    ]);
  });

  it("suggests the service that was probably meant", async (t) => {
    const path = controlFolder(t).socket("1");
    await startControlled(t, path, "echo", "Tokyo:clock");
    const link = await dialControl(path);
    await assert.rejects(link.ask("suspend", { service: "ecko" }), /"ecko": no such service; did you mean "echo"\?$/);
    await assert.rejects(link.ask("resume", { service: "ftp" }), /"ftp": no such service; there are "echo", "Tokyo"$/);
    await link.close();
  });

  it("lists the connections that are asked for", async (t) => {
    const path = controlFolder(t).socket("1");
    const { host } = await startControlled(t, path, "echo", "Tokyo:clock");
    const sockets = host.servers.map(({ addr }): Socket => connect(addr.port, "127.0.0.1"));
    await Promise.all(sockets.map((socket) => once(socket, "connect")));
    sockets[0]?.write("x");
    await once(sockets[0] as Socket, "data");
    const link = await dialControl(path);
    const { total, connections } = await link.ask("connections", { service: "echo", order: "read", limit: 5 });
    assert.equal(total, 1);
    assert.deepEqual(
      connections.map(({ id, bytesRead }) => [id, bytesRead]),
      [["echo#1", 1]],
    );
    const [wrong] = await converse(path, '{"command":"connections","limit":1000000}\n', 1);
    assert.match(JSON.stringify(wrong), /Cannot use limit 1000000: expected a whole number from 1 to 10000/);
    await link.close();
    for (const socket of sockets) socket.destroy();
  });

  it("tells who waits for the end of a drain how it went", async (t) => {
    const path = controlFolder(t).socket("1");
    const { host, control } = await startControlled(t, path, "echo");
    const link = await dialControl(path);
    assert.deepEqual(await link.ask("drain", {}), { pid: process.pid, connections: 0 });
    const second = await dialControl(path);
    await second.ask("drain", {});
    assert.deepEqual(
      host.asked.filter((what) => what === "drain"),
      ["drain"],
    );
    const ends = Promise.all([link.drained(), second.drained()]);
    await control.close({ drained: 3, cut: 1 });
    assert.deepEqual(await ends, [
      { drained: 3, cut: 1 },
      { drained: 3, cut: 1 },
    ]);
    await link.close();
    await second.close();
  });

  it("says what is wrong with a reload, every line of it", async (t) => {
    const path = controlFolder(t).socket("1");
    const { host } = await startControlled(t, path, "echo");
    host.onReload = () => {
      throw new AggregateError([new Error("one"), new Error("two")], "both");
    };
    const link = await dialControl(path);
    await assert.rejects(link.ask("reload", {}), { name: "ControlError", message: "one\ntwo" });
    await link.close();
  });

  it("leaves the socket alone that another host has put there while it ends", async (t) => {
    const path = controlFolder(t).socket("1");
    const { host, control } = await startControlled(t, path, "echo");
    let goOn = (): void => {};
    const asked = new Promise<void>((resolve) => {
      host.onReload = () => {
        resolve();
        return new Promise((end) => (goOn = end));
      };
    });
    const link = await dialControl(path);
    const reloaded = link.ask("reload", {});
    await asked;
    const closed = control.close();
    await startControlled(t, path, "echo");
    goOn();
    await reloaded.catch(() => {});
    await link.close();
    await closed;
    assert.ok(lstatSync(path).isSocket());
  });

  it("takes the place of a dead process's socket", async (t) => {
    const path = controlFolder(t).socket("1");
    mkdirSync(path.replace(/\/[^/]*$/, ""));
    await leaveSocket(path);
    const { lines } = await startControlled(t, path);
    assert.deepEqual(lines, [`info removed the control socket of a dead process: ${path}`]);
    const link = await dialControl(path);
    assert.equal((await link.ask("status", {})).pid, process.pid);
    await link.close();
  });

  it("does not take a live process's socket, and names the process", async (t) => {
    const path = controlFolder(t).socket("1");
    await startControlled(t, path);
    const host = await InProcessHost.start();
    await assert.rejects(startControlServer(path, host, SILENT), {
      message: `Cannot make the control socket ${path}: process ${process.pid} listens there already`,
    });
    assert.ok(existsSync(path));
  });

  it("never removes a file that is no socket", async (t) => {
    const folder = controlFolder(t);
    const plain = `${folder.path}/notes.txt`;
    writeFileSync(plain, "precious");
    const link = `${folder.path}/link.sock`;
    symlinkSync(plain, link);
    const host = await InProcessHost.start();
    for (const path of [plain, link]) {
      await assert.rejects(startControlServer(path, host, SILENT), /it is there already, and no socket$/);
    }
    assert.ok(existsSync(plain) && existsSync(link));
  });

  it("refuses a path that no socket can have", async (t) => {
    const path = `${controlFolder(t).path}/${"x".repeat(120)}`;
    const host = await InProcessHost.start();
    await assert.rejects(startControlServer(path, host, SILENT), /the path of a socket has at most 103 bytes/);
  });

  it("leaves nothing behind, whoever was connected", async (t) => {
    const path = controlFolder(t).socket("1");
    await withoutLeaks(async () => {
      const host = await InProcessHost.start("echo");
      const control = await startControlServer(path, host, SILENT);
      const idle = await RawClient.connect({ host: "", port: 0, path });
      const gone = await RawClient.connect({ host: "", port: 0, path });
      gone.socket.destroy();
      const link = await dialControl(path);
      await link.ask("status", {});
      await control.close();
      assert.equal(existsSync(path), false);
      assert.equal(await link.drained(), null);
      await link.close();
      idle.socket.destroy();
      await host.close();
    });
  });
});
