import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import { startBelfry } from "../belfry-process.js";
import { freePort } from "./free-port.js";
import { connected, control, withHost } from "./hosts.js";

const ECHO = { use: "echo", listen: "127.0.0.1:0" };
const STUCK = { use: "./stuck.mjs", listen: "127.0.0.1:0" };
const FILES = { "stuck.mjs": "export default () => new Promise(() => {});\n" };

describe("who looks at a host when something happens", () => {
  it("gets a profile without the worker that died meanwhile, and a name for the one that is gone", () =>
    withHost({ config: { workers: 2, services: { echo: ECHO } } }, async (host) => {
      await host.port("echo");
      const base = `http://${await host.debugAddress()}`;
      const { workers } = await host.status();
      const measured = fetch(`${base}/debug/pprof/profile?seconds=2`);
      // Asked before the kill; which of both is told first does not matter.
      await host.get("/debug/status");
      process.kill(workers[0]?.pid as number, "SIGKILL");
      const answer = await measured;
      assert.equal(answer.status, 200);
      assert.ok(gunzipSync(new Uint8Array(await answer.arrayBuffer())).length > 100);
      await host.until(({ isReady, workers: now }) => isReady && now.length === 2);
      const snapshot = await fetch(`${base}/debug/pprof/heapsnapshot?worker=${workers[0]?.number}`);
      assert.equal(snapshot.status, 400);
      assert.match(await snapshot.text(), /Cannot take a snapshot of worker 1: there are /);
    }));

  it("is answered in the middle of a drain: pages, metrics, and a feed to its end", () =>
    withHost(
      { config: { workers: 2, shutdownTimeout: "1s", services: { stuck: STUCK } }, files: FILES },
      async (host) => {
        const socket = (await connected(await host.port("stuck"))).on("error", () => {});
        await host.until(({ services }) => services[0]?.counters.connections_open === 1);
        const base = `http://${await host.debugAddress()}`;
        const feed = await fetch(`${base}/debug/feed`);
        const profile = fetch(`${base}/debug/pprof/profile?seconds=30`).then(
          ({ status }) => status,
          () => 0,
        );
        host.process.child.kill("SIGTERM");
        await host.process.says(/shutting down/);
        for (const [path, status] of [
          ["/readyz", 503],
          ["/healthz", 200],
          ["/metrics", 200],
          ["/debug/conns", 200],
          ["/", 200],
        ] as const) {
          assert.equal((await host.get(path)).status, status, path);
        }
        await assert.rejects(control(host, { command: "reload" }), /Cannot reload: the host is draining/);
        await feed.text().catch(() => "");
        assert.notEqual(await profile, 200);
        assert.equal((await host.process.ended).status, 1);
        socket.destroy();
      },
    ));

  it("sees a wall with a clock that is dead", async (t) => {
    const port = await freePort();
    const belfry = startBelfry(["clockwall", `Nowhere=127.0.0.1:${port}`, "--web", "127.0.0.1:0"]);
    t.after(() => belfry[Symbol.asyncDispose]());
    const [, web] = await belfry.says(/^listening on 127\.0\.0\.1:(\d+)\nwall on http:\/\/127\.0\.0\.1:\1\/$/m);
    const socket = connect(Number(web), "127.0.0.1");
    socket.write("GET /wall/feed HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let text = "";
    while (!/ECONNREFUSED|refused/i.test(text)) text += String((await once(socket, "data"))[0]);
    socket.destroy();
    belfry.child.kill("SIGTERM");
    assert.equal((await belfry.ended).status, 0);
  });
});
