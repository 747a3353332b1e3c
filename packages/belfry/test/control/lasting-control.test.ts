import assert from "node:assert/strict";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { startLastingControl, type LastingControl } from "../../src/control/lasting-control.js";
import { logTo } from "../log/log-to.js";
import { control, withHost } from "../supervisor/host-process.js";
import { controlFolder, isUnix } from "./control-folder.js";
import { InProcessHost } from "./in-process-host.js";

async function started(t: TestContext, path: string): Promise<{ made: LastingControl; lines: string[] }> {
  const host = await InProcessHost.start("echo");
  const lines: string[] = [];
  const made = await startLastingControl(
    path,
    host,
    logTo((level, message) => void lines.push(`${level} ${message}`)),
  );
  t.after(async () => {
    await made.close();
    await host.close();
  });
  return { made, lines };
}

/** What a server that greets says to who connects. */
async function greeting(path: string): Promise<string> {
  const socket = connect(path);
  const [data] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return String(data);
}

describe("a control socket whose file has gone", { skip: !isUnix }, () => {
  it("is made again, and who was connected before still is", async (t) => {
    const path = controlFolder(t).socket("a");
    const { made, lines } = await started(t, path);
    const early = connect(path);
    await once(early, "connect");
    rmSync(path);
    await made.look();
    assert.match(String(lines), /warn the control socket had gone, and was made again: /);
    for (const socket of [early, connect(path)]) {
      socket.write('{"command":"status"}\n');
      const [answer] = (await once(socket, "data")) as [Buffer];
      assert.match(String(answer), /^\{"ok":true/);
      socket.destroy();
    }
    await made.look();
    assert.equal(lines.length, 1);
  });

  it("is not taken from who lives there by then, neither while it is looked after nor at the end", async (t) => {
    const path = controlFolder(t).socket("a");
    const { made, lines } = await started(t, path);
    rmSync(path);
    const other = createServer((socket) => socket.on("error", () => {}).end("other")).listen(path);
    t.after(() => other.close());
    await once(other, "listening");
    await made.look();
    await made.look();
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? "", /^error The control socket has gone: .* listens there already$/);
    assert.equal(await greeting(path), "other");
    await made.close();
    assert.equal(await greeting(path), "other");
  });

  it("is there again after a reload at the latest", () =>
    withHost({ config: { services: { echo: { use: "echo", listen: "127.0.0.1:0" } } } }, async (host) => {
      await host.process.says(/listening on/);
      rmSync(join(host.directory, "c.sock"));
      host.process.child.kill("SIGHUP");
      await host.process.says(/reloaded: generation 2 serves/);
      const { generation } = (await control(host, { command: "status" })) as { generation: number };
      assert.equal(generation, 2);
    }));
});
