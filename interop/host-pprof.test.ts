import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startBelfry } from "../packages/belfry/test/belfry-process.js";
import { withHost } from "../packages/belfry/test/supervisor/host-process.js";
import { debugUrl } from "./host/commands.js";
import { startCrowd } from "./host/crowd.js";
import { missing, run } from "./tools.js";

const ECHO = { use: "echo", listen: "127.0.0.1:0" };
const TOKEN = "open-sesame";

describe("go tool pprof", { skip: missing("go") }, () => {
  let folder = "";
  before(() => (folder = mkdtempSync(join(tmpdir(), "belfry-go-pprof-"))));
  after(() => rmSync(folder, { recursive: true }));
  // It keeps what it fetches in a folder.
  const pprof = async (url: string): Promise<string> =>
    String(await run(["env", `PPROF_TMPDIR=${folder}`, "go", "tool", "pprof", "-top", url], ""));

  it("reads the CPU of a host with two workers under load, its heap and its tasks, over HTTP", () =>
    withHost({ config: { workers: 2, services: { echo: ECHO } } }, async (host) => {
      const crowd = startCrowd({ port: await host.port("echo"), size: 20 });
      try {
        await crowd.started;
        const url = await debugUrl(host);
        const [cpu, heap] = await Promise.all([
          pprof(`${url}/debug/pprof/profile?seconds=5`),
          pprof(`${url}/debug/pprof/heap`),
        ]);
        assert.match(cpu, /^Type: cpu$/m);
        const [, seconds = ""] = /^Duration: ([\d.]+)s, Total samples = /m.exec(cpu) ?? [];
        assert.ok(Number(seconds) >= 4.9, cpu);
        assert.match(cpu, / (?:\(idle\)|\(program\)|writev?\w*|onread|\S*\.\S+)$/im);
        assert.match(heap, /^Type: inuse_space$/m);
        assert.match(heap, /of [\d.]+[kM]B total|accounting for/);
        assert.match(await pprof(`${url}/debug/pprof/goroutine`), /^Type: goroutine$/m);
      } finally {
        await crowd.stop();
      }
      assert.deepEqual(crowd.failures, []);
    }));

  it("reads them with the token as the password in the URL, and not without", () =>
    withHost({ config: { services: { echo: ECHO } }, args: ["--debug-token", TOKEN] }, async (host) => {
      await host.process.says(/listening on/);
      const { host: where } = new URL(await debugUrl(host));
      const path = "/debug/pprof/heap";
      assert.match(await pprof(`http://pprof:${TOKEN}@${where}${path}`), /^Type: inuse_space$/m);
      await assert.rejects(pprof(`http://${where}${path}`), /401/);
      await assert.rejects(pprof(`http://pprof:guess@${where}${path}`), /401/);
    }));
});

/** Starts two echoes that last; resolves with what ends them, once they have begun. */
async function shout(port: number): Promise<() => void> {
  const socket = connect(port, "127.0.0.1");
  socket.write("hello\nworld\n");
  let heard = "";
  while (!heard.includes("WORLD")) heard += String(((await once(socket, "data")) as [Buffer])[0]);
  return () => socket.destroy();
}

/** Both echoes and their reader, and what they wait for. */
function checkTasks(text: string): void {
  const blocks = text.split("\n\n");
  const echoes = blocks.filter((block) => /^echo \(group reverb#[\d-]+ echoes\)/m.test(block));
  assert.equal(echoes.length, 2, text);
  for (const block of echoes) assert.match(block, /^task \d+(?: of worker \d)? \[timer 60000 ms\], [\d.]+\w+ old/m);
  const readers = blocks.filter((block) => /^reader \(group reverb#[\d-]+\)/m.test(block));
  assert.equal(readers.length, 1, text);
  assert.match(
    String(readers),
    /^task \d+(?: of worker \d)? \[Conn\.read 127\.0\.0\.1:\d+\], .*\n[^]*^started by task \d+ reverb#/m,
  );
  assert.match(text, /\[Listener\.accept 127\.0\.0\.1:\d+\]/);
}

describe("goroutine?debug=2 of a reverb server with echoes under way", () => {
  it("names reader, echoes and what they wait for, in belfry reverb --debug", async () => {
    const args = ["reverb", "--listen", "127.0.0.1:0", "--delay", "60s", "--debug", "127.0.0.1:0"];
    const belfry = startBelfry(args);
    let hush = (): void => {};
    try {
      const [, url = ""] = await belfry.says(/debugging on (http:[^\s]+)/);
      hush = await shout(await belfry.port());
      checkTasks(await (await fetch(new URL("/debug/pprof/goroutine?debug=2", url))).text());
    } finally {
      hush();
      await belfry[Symbol.asyncDispose]();
    }
  });

  it("names them in belfry serve, and the worker they are in", () =>
    withHost(
      { config: { workers: 2, services: { reverb: { use: "reverb", listen: "127.0.0.1:0", delay: "60s" } } } },
      async (host) => {
        const hush = await shout(await host.port("reverb"));
        try {
          const { body } = await host.get("/debug/pprof/goroutine?debug=2");
          checkTasks(body);
          assert.match(body, /worker [12]\b/);
        } finally {
          hush();
        }
      },
    ));
});
