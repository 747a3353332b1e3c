import assert from "node:assert/strict";
import { once } from "node:events";
import { getPriority } from "node:os";
import { describe, it } from "node:test";
import { ask, connected, control, type TestHost, withHost } from "./host-process.js";
import { startLoad } from "./load.js";

const ECHO = { use: "echo", listen: "127.0.0.1:0" };
const TWO = { workers: 2, reloadGrace: "1s", shutdownTimeout: "1s", services: { echo: ECHO } };
const MODULE = { use: "./greeter.mjs", listen: "127.0.0.1:0" };

/** Of its process when it was loaded, and when it is asked. */
const NICENESS = `import { getPriority } from "node:os";
const atLoad = getPriority();
export default (conn) => conn.write(atLoad + " " + getPriority());
`;

function greeter(word: string): string {
  return `export default (conn) => conn.write("${word}");\n`;
}

/** Asks for a reload by signal and waits for its end. */
async function reload(host: TestHost): Promise<void> {
  const { reloads } = await host.status();
  host.process.child.kill("SIGHUP");
  await host.until(({ reloads: now }) => now.succeeded + now.failed === reloads.succeeded + reloads.failed + 1);
}

async function greeting(port: number): Promise<string> {
  const socket = await connected(port);
  const [data] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return String(data);
}

describe("a reload", () => {
  it("changes nothing when the file is bad or a new port is taken, and names the key and the address", () =>
    withHost({ config: TWO }, async (host) => {
      const port = await host.port("echo");
      const socket = await connected(port);
      await ask(socket, "before");
      host.write("belfry.config.json", { ...TWO, services: { echo: { ...ECHO, maxConn: 3 } } });
      await reload(host);
      const { reloads, generation, workers } = await host.status();
      assert.deepEqual([reloads.succeeded, reloads.failed, generation], [0, 1, 1]);
      assert.match(String(reloads.lastError), /services\.echo\.maxConn/);
      assert.match(host.process.stderr(), /Cannot reload, nothing has changed: .*services\.echo\.maxConn/);
      assert.deepEqual(new Set(workers.map(({ number }) => number)), new Set([1, 2]));
      assert.equal(await ask(socket, "after"), "after");
      const [, taken] = /127\.0\.0\.1:(\d+)/.exec(await host.debugAddress()) ?? [];
      host.write("belfry.config.json", {
        ...TWO,
        services: { echo: ECHO, more: { use: "echo", listen: `127.0.0.1:${taken}` } },
      });
      await reload(host);
      const now = await host.status();
      assert.equal(now.reloads.failed, 2);
      assert.match(String(now.reloads.lastError), new RegExp(`Cannot listen on 127\\.0\\.0\\.1:${taken}: EADDRINUSE`));
      assert.deepEqual(
        now.services.map(({ name }) => name),
        ["echo"],
      );
      assert.equal(await ask(socket, "still"), "still");
      socket.destroy();
    }));

  it("takes modules anew, keeps the address, and old connections have their old code", () =>
    withHost(
      { config: { ...TWO, services: { greeter: MODULE } }, files: { "greeter.mjs": greeter("one") } },
      async (host) => {
        const port = await host.port("greeter");
        assert.equal(await greeting(port), "one");
        host.write("greeter.mjs", greeter("two"));
        await reload(host);
        assert.equal(await host.port("greeter"), port);
        assert.equal(await greeting(port), "two");
        const { generation, workers } = await host.until((status) => status.workers.length === 2);
        assert.equal(generation, 2);
        assert.deepEqual(
          workers.map(({ generation: its }) => its),
          [2, 2],
        );
        assert.match(host.process.stderr(), /reloaded: generation 2 serves/);
      },
    ));

  it(
    "gives way to those that serve while it loads, and not once it serves",
    { skip: process.platform === "win32" },
    () =>
      withHost({ config: { services: { greeter: MODULE } }, files: { "greeter.mjs": NICENESS } }, async (host) => {
        const port = await host.port("greeter");
        const ours = getPriority();
        assert.equal(await greeting(port), `${ours} ${ours}`);
        await reload(host);
        const [atLoad, now] = (await greeting(port)).split(" ").map(Number);
        // As it was, where nobody may be raised again.
        assert.ok(atLoad === ours + 10 || (atLoad === ours && process.getuid?.() !== 0), `${atLoad}`);
        assert.equal(now, ours);
      }),
  );

  it("opens sockets that are new and closes those that are gone", () =>
    withHost({ config: { ...TWO, services: { echo: ECHO, old: ECHO } } }, async (host) => {
      const [kept, old] = [await host.port("echo"), await host.port("old")];
      host.write("belfry.config.json", { ...TWO, services: { echo: ECHO, fresh: ECHO } });
      await reload(host);
      await assert.rejects(connected(old), { code: "ECONNREFUSED" });
      for (const port of [kept, await host.port("fresh")]) {
        const socket = await connected(port);
        assert.equal(await ask(socket, "here"), "here");
        socket.destroy();
      }
      const { services } = await host.until(({ workers }) => workers.length === 2);
      assert.deepEqual(
        services.map(({ name }) => name),
        ["echo", "fresh"],
      );
    }));

  it("drops no connection and fails no request under 200 busy ones, again and again", () =>
    withHost({ config: { ...TWO, reloadGrace: "1m" } }, async (host) => {
      const port = await host.port("echo");
      const [steady, restless] = [startLoad(port, 150, Number.POSITIVE_INFINITY), startLoad(port, 50, 1)];
      for (let round = 0; round < 2; round += 1) {
        const before = restless.requests();
        await reload(host);
        await host.until(() => restless.requests() > before + 100);
      }
      await Promise.all([steady.stop(), restless.stop()]);
      assert.deepEqual([...steady.failures, ...restless.failures], []);
      const { reloads, services } = await host.status();
      assert.equal(reloads.succeeded, 2);
      const counters = services[0]?.counters;
      assert.equal(counters?.connections_closed_total.cut, 0);
      assert.equal(counters?.connections_refused_total.draining, 0);
    }));

  it("tells those that never end, and cuts them in the end", () =>
    withHost(
      {
        config: {
          ...TWO,
          reloadGrace: "300ms",
          shutdownTimeout: "300ms",
          services: {
            clock: { use: "clock", listen: "127.0.0.1:0" },
            stuck: { use: "./stuck.mjs", listen: "127.0.0.1:0" },
          },
        },
        files: { "stuck.mjs": "export default () => new Promise(() => {});\n" },
      },
      async (host) => {
        const clock = await connected(await host.port("clock"));
        const stuck = await connected(await host.port("stuck"));
        await host.until(({ services }) => services.every(({ counters }) => counters.connections_open === 1));
        const ended = once(clock.resume(), "end");
        const reset = once(stuck, "error");
        await reload(host);
        await ended;
        assert.equal(((await reset) as [NodeJS.ErrnoException])[0].code, "ECONNRESET");
        const { services } = await host.until(({ workers }) => workers.length === 2);
        assert.deepEqual(
          services.map(({ counters }) => counters.connections_closed_total.cut),
          [0, 1],
        );
      },
    ));

  it("never lets a counter fall", () =>
    withHost({ config: { ...TWO, reloadGrace: "100ms", shutdownTimeout: "100ms" } }, async (host) => {
      const load = startLoad(await host.port("echo"), 10, 3);
      let [accepted, bytes] = [0, 0];
      const look = async (): Promise<void> => {
        const { services } = await host.status();
        const { connections_accepted_total: nowAccepted = 0, read_bytes_total: nowBytes = 0 } =
          services[0]?.counters ?? {};
        assert.ok(
          nowAccepted >= accepted && nowBytes >= bytes,
          `${nowAccepted} after ${accepted}, ${nowBytes} after ${bytes}`,
        );
        [accepted, bytes] = [nowAccepted, nowBytes];
      };
      for (let round = 0; round < 2; round += 1) {
        host.process.child.kill("SIGHUP");
        await look();
        await host.until(({ reloads }) => reloads.succeeded === round + 1);
        await look();
      }
      await load.stop();
      await look();
      assert.ok(accepted > 0 && bytes > 0);
    }));

  it("drains old workers in their time, also when somebody waits for a suspended service", () =>
    withHost({ config: { ...TWO, workers: 1 } }, async (host) => {
      const port = await host.port("echo");
      const served = await connected(port);
      await ask(served, "before");
      await control(host, { command: "suspend", service: "echo" });
      const waiting = await connected(port);
      waiting.on("error", () => {});
      // The worker's loop has turned, and has taken the one who waits.
      assert.equal(await ask(served, "still"), "still");
      const ended = once(served, "end");
      served.resume();
      await reload(host);
      await ended;
      await host.until(({ workers }) => workers.every(({ generation }) => generation === 2));
      assert.doesNotMatch(host.process.stderr(), /did not end in time/);
      for (const socket of [served, waiting]) socket.destroy();
    }));

  it("keeps suspended what is suspended", () =>
    withHost({ config: { ...TWO, services: { echo: ECHO, other: ECHO } } }, async (host) => {
      const port = await host.port("echo");
      await control(host, { command: "suspend", service: "echo" });
      await reload(host);
      const { services } = await host.until(({ workers }) => workers.length === 2);
      assert.deepEqual(
        services.map(({ state }) => state),
        ["suspended", "serving"],
      );
      const socket = await connected(port);
      const answer = ask(socket, "patience");
      await host.until(({ services: now }) => now[0]?.state === "suspended");
      await control(host, { command: "resume", service: "echo" });
      assert.equal(await answer, "patience");
      socket.destroy();
    }));

  it("runs one after the other when asked twice at once", () =>
    withHost({ config: TWO }, async (host) => {
      await host.port("echo");
      await Promise.all([control(host, { command: "reload" }), control(host, { command: "reload" })]);
      const { reloads, generation } = await host.status();
      assert.deepEqual([reloads.succeeded, generation], [2, 3]);
    }));

  it("moves the debug server, and gives it another token where it is", () =>
    withHost({ config: TWO, hasOwnDebug: true }, async (host) => {
      const debug = await host.debugAddress();
      const at = async (address: string, token?: string): Promise<number> => {
        const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
        return (await fetch(`http://${address}/debug/status`, { headers })).status;
      };
      assert.equal(await at(debug), 200);
      for (const token of ["first", "second"]) {
        host.write("belfry.config.json", { ...TWO, debug: { listen: debug, token } });
        await control(host, { command: "reload" });
        assert.deepEqual([await at(debug), await at(debug, token), await at(debug, "third")], [401, 200, 401]);
      }
      host.write("belfry.config.json", TWO);
      await control(host, { command: "reload" });
      await assert.rejects(at(debug));
    }));

  it("moves the number of workers", () =>
    withHost({ config: TWO }, async (host) => {
      await host.port("echo");
      host.write("belfry.config.json", { ...TWO, workers: 3 });
      await reload(host);
      const { workers } = await host.until(({ workers: now }) => now.length === 3);
      assert.deepEqual(
        workers.map(({ generation }) => generation),
        [2, 2, 2],
      );
    }));
});
