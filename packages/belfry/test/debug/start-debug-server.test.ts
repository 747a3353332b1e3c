import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import { until, withoutLeaks } from "@belfry/testkit";
import type { ConnectionPage, HostStatus, HostView, TaskPage } from "../../src/inspect/host-view.js";
import type { History } from "../../src/debug/feed-messages.js";
import { type Route, textReply } from "../../src/http/route.js";
import { startWebServer } from "../../src/http/start-web-server.js";
import { startDebugServer } from "../../src/debug/start-debug-server.js";
import { ask, openFeed, withSite } from "./debug-site.js";
import { SILENT } from "../log/log-to.js";

const TOKEN = "open-sesame-77";

describe("startDebugServer()", () => {
  it("shows connections, tasks, status and history as JSON", () =>
    withSite(async ({ dial, json, servers }) => {
      const socket = await dial(1);
      socket.write("hello");
      await new Promise((resolve) => socket.once("data", resolve));
      const page = await json<ConnectionPage>("/debug/conns?service=echo");
      assert.equal(page.total, 1);
      const [connection] = page.connections;
      assert.deepEqual([connection?.id, connection?.service, connection?.bytesRead], ["echo#1", "echo", 5]);
      const tasks = await json<TaskPage>("/debug/tasks?limit=5");
      assert.equal(typeof tasks.total, "number");
      assert.ok(tasks.tasks.length <= 5);
      const status = await json<HostStatus>("/debug/status");
      assert.deepEqual(
        status.services.map(({ name, addresses }) => [name, addresses]),
        servers.map(({ name, addr }) => [name, [String(addr)]]),
      );
      const history = await json<History>("/debug/history");
      assert.equal(history.interval, 2000);
      assert.equal(history.samples.length, 1);
    }));

  it("has profiles in pprof's format, and tasks as text", () =>
    withSite(async ({ addr, ask: get, dial }) => {
      await dial(2);
      for (const name of ["heap", "goroutine", "profile?seconds=1"]) {
        const response = await fetch(`http://${addr}/debug/pprof/${name}`);
        assert.equal(response.status, 200, name);
        const profile = gunzipSync(new Uint8Array(await response.arrayBuffer()));
        assert.ok(profile.length > 20, name);
      }
      const { text, headers } = await get("/debug/pprof/goroutine?debug=2");
      assert.match(String(headers["content-type"]), /^text\/plain/);
      assert.match(text, /reverb#1/);
      assert.match((await get("/debug/pprof/goroutine?debug=1")).text, /goroutine|task/);
      const index = await get("/debug/pprof/");
      assert.match(index.text, /href="\/debug\/pprof\/heap"/);
    }));

  it("leads to the list of profiles from its address without the slash, and takes no secret along", () =>
    withSite(
      async ({ addr, ask: get }) => {
        const authorization = `Basic ${Buffer.from("anyone:s3cret").toString("base64")}`;
        const { status, headers } = await get("/debug/pprof?token=s3cret", { headers: { authorization } });
        assert.deepEqual([status, headers.location], [301, "/debug/pprof/"]);
        assert.equal((await get("/debug/pprof")).status, 401);
        const followed = await fetch(`http://${addr}/debug/pprof?x`, { headers: { authorization } });
        assert.deepEqual([followed.status, new URL(followed.url).pathname], [200, "/debug/pprof/"]);
      },
      { token: "s3cret" },
    ));

  it("tells what is in use from what was allocated", async () => {
    const kinds: string[] = [];
    const quick = (view: HostView): HostView => ({
      ...view,
      heapProfile: (kind) => {
        kinds.push(kind);
        return view.heapProfile("inuse");
      },
    });
    await withSite(
      async ({ ask: get }) => {
        for (const name of ["heap", "allocs"]) {
          const { status, headers } = await get(`/debug/pprof/${name}`);
          assert.deepEqual([status, headers["content-type"]], [200, "application/octet-stream"]);
        }
        assert.deepEqual(kinds, ["inuse", "alloc"]);
      },
      { wrap: quick },
    );
  });

  it("has a .cpuprofile and a .heapsnapshot for browser tools", () =>
    withSite(async ({ ask: get }) => {
      const profile = await get("/debug/pprof/cpuprofile?seconds=1&worker=0");
      assert.equal(profile.headers["content-disposition"], 'attachment; filename="worker-0.cpuprofile"');
      assert.ok(Array.isArray((JSON.parse(profile.text) as { nodes: unknown }).nodes));
      const snapshot = await get("/debug/pprof/heapsnapshot");
      assert.equal(snapshot.headers["content-disposition"], 'attachment; filename="belfry.heapsnapshot"');
      assert.ok("snapshot" in (JSON.parse(snapshot.text) as object));
    }));

  it("answers probes, and says when it is not ready", async () => {
    let state: HostStatus["state"] = "serving";
    await withSite(
      async ({ ask: get }) => {
        const [health, ready] = [await get("/healthz"), await get("/readyz")];
        assert.deepEqual([health.status, health.text, ready.status, ready.text], [200, "ok\n", 200, "ready\n"]);
        state = "draining";
        const [still, not] = [await get("/healthz"), await get("/readyz")];
        assert.deepEqual([still.status, not.status, not.text], [200, 503, "not ready: draining\n"]);
      },
      { state: () => state },
    );
  });

  const WRONG: readonly [path: string, status: number, text: RegExp][] = [
    ["/debug/conns?limit=0", 400, /^Cannot use limit="0": expected a whole number from 1 to 10000$/],
    ["/debug/conns?limit=10001", 400, /^Cannot use limit="10001"/],
    ["/debug/conns?limit=1e3", 400, /^Cannot use limit="1e3"/],
    ["/debug/conns?order=size", 400, /^Cannot use order="size": expected age, read, written, queued$/],
    ["/debug/conns?filtr=x", 400, /^Cannot use parameter "filtr": did you mean filter\?$/],
    ["/debug/conns?limit=1&limit=2", 400, /^Cannot use parameter "limit": it is given twice$/],
    [`/debug/conns?filter=${"x".repeat(201)}`, 400, /^Cannot use filter="x{100}…": expected at most 200 characters$/],
    ["/debug/tasks?limit=-1", 400, /^Cannot use limit="-1": expected a whole number from 1 to 100000$/],
    ["/debug/status?x=1", 400, /^Cannot use parameter "x": there are none here$/],
    ["/debug/feed?limit=x%0A", 400, /^Cannot use limit="x\?"/],
    ["/debug/pprof/profile?seconds=0", 400, /^Cannot use seconds="0": expected a whole number from 1 to 300$/],
    ["/debug/pprof/profile?seconds=301", 400, /^Cannot use seconds="301"/],
    ["/debug/pprof/goroutine?debug=3", 400, /^Cannot use debug="3": expected a whole number from 0 to 2$/],
    ["/debug/pprof/cpuprofile?worker=7", 400, /^Cannot measure worker 7: there are 0$/],
    ["/debug/pprof/heapsnapshot?worker=7", 400, /^Cannot take a snapshot of worker 7: there is only 0$/],
    ["/debug/con", 404, /^Cannot find "\/debug\/con": did you mean \/debug\/conns\?$/],
    ["/nothing-of-the-kind", 404, /^Cannot find "\/nothing-of-the-kind": there are .*\/metrics/],
    ["/%ff", 400, /^Cannot use the address "\/%ff": expected a path$/],
    ["//evil.example/debug/conns", 400, /^Cannot use the address/],
  ];
  it("answers what cannot be answered with one line that names what is wrong", () =>
    withSite(async ({ ask: get }) => {
      for (const [path, status, text] of WRONG) {
        const answer = await get(path);
        assert.equal(answer.status, status, path);
        assert.match(answer.text.replace(/\n$/, ""), text);
        assert.match(String(answer.headers["content-type"]), /^text\/plain/);
        assert.equal(answer.headers["x-content-type-options"], "nosniff");
      }
    }));

  it("is to be read alone", () =>
    withSite(async ({ ask: get }) => {
      const posted = await get("/debug/conns", { method: "POST" });
      assert.deepEqual([posted.status, posted.headers.allow], [405, "GET, HEAD"]);
      const head = await get("/metrics", { method: "HEAD" });
      assert.deepEqual([head.status, head.text], [200, ""]);
      assert.equal((await get("/debug/pprof/profile", { method: "HEAD" })).status, 200);
    }));

  it("measures one profile at a time", () =>
    withSite(async ({ ask: get }) => {
      const [first, second] = await Promise.all([
        get("/debug/pprof/profile?seconds=1"),
        get("/debug/pprof/profile?seconds=1"),
      ]);
      assert.deepEqual(new Set([first.status, second.status]), new Set([200, 409]));
    }));

  it("says what failed, and does not when a client has gone", async () => {
    const broken = (view: HostView): HostView => ({
      ...view,
      tasks: () => Promise.reject(new Error("the workers\nare gone")),
    });
    await withSite(
      async ({ ask: get, logged }) => {
        const { status, text } = await get("/debug/tasks");
        assert.deepEqual([status, text], [500, "Cannot answer: the workers are gone\n"]);
        assert.ok(logged.includes("warn debug server: cannot answer /debug/tasks: the workers are gone"));
      },
      { wrap: broken },
    );
  });

  it("says in mid-drain that it is one, and nothing in the log", async () => {
    const ending = (view: HostView): HostView => ({
      ...view,
      heapProfile: () => Promise.reject(new Error("Worker 1 has ended")),
      cpuProfile: () => Promise.resolve({ profiles: [] }),
    });
    await withSite(
      async ({ ask: get, logged }) => {
        const heap = await get("/debug/pprof/heap");
        assert.deepEqual(
          [heap.status, heap.text],
          [503, "Cannot answer while the host goes down: Worker 1 has ended\n"],
        );
        const profile = await get("/debug/pprof/profile?seconds=1");
        assert.deepEqual([profile.status, profile.text], [503, "Cannot measure a profile: no worker serves now\n"]);
        assert.equal((await get("/debug/status")).status, 200);
        assert.deepEqual(
          logged.filter((line) => line.startsWith("warn")),
          [],
        );
      },
      { wrap: ending, state: () => "draining" },
    );
  });

  it("shows public pages to everybody", async () => {
    const route: Route = { path: "/", summary: "all", answer: () => textReply("welcome") };
    const web = await startWebServer(
      { host: "0.0.0.0", port: 0, token: null, isPublic: true, routes: [route] },
      SILENT,
    );
    try {
      const answer = await ask(`127.0.0.1:${web.addr.split(":")[1]}`, "/", { headers: { host: "wall.example" } });
      assert.deepEqual([answer.status, answer.text], [200, "welcome\n"]);
    } finally {
      await web.close();
    }
  });

  it("stops measuring when the client has gone", async () => {
    let signal: AbortSignal | undefined;
    let called = (): void => {};
    const isCalled = new Promise<void>((resolve) => (called = resolve));
    const endless = (view: HostView): HostView => ({
      ...view,
      cpuProfile: (_duration, given) => {
        signal = given;
        called();
        return new Promise(() => {});
      },
    });
    await withSite(
      async ({ addr }) => {
        const controller = new AbortController();
        const fetched = fetch(`http://${addr}/debug/pprof/profile`, { signal: controller.signal });
        await isCalled;
        const aborted = new Promise((resolve) => signal?.addEventListener("abort", resolve));
        controller.abort();
        await assert.rejects(fetched);
        await aborted;
      },
      { wrap: endless },
    );
  });

  it("closes at once, whatever is asked of it, and says so", async () => {
    let waiting = 0;
    const endless = (view: HostView): HostView => {
      const hang = (): Promise<never> => {
        waiting += 1;
        return new Promise(() => {});
      };
      return { ...view, connections: hang, cpuProfile: hang };
    };
    await withSite(
      async ({ addr, ask: get, closeDebug }) => {
        const feed = await openFeed(addr, "/debug/feed?limit=0");
        await feed.next("hello");
        const [hanging, measuring] = [get("/debug/conns"), get("/debug/pprof/profile?seconds=60")];
        await until(() => waiting === 2);
        const startedAt = performance.now();
        await closeDebug();
        assert.ok(performance.now() - startedAt < 1000);
        const answers = await Promise.all([hanging, measuring]);
        for (const { status, text } of answers) {
          assert.deepEqual([status, text], [503, "Cannot answer: the server is going down\n"]);
        }
        await feed.ended;
        await assert.rejects(get("/healthz"), /ECONNREFUSED/);
      },
      { wrap: endless },
    );
  });

  it("leaves nothing behind", () =>
    withoutLeaks(() =>
      withSite(async ({ addr, ask: get }) => {
        const feed = await openFeed(addr, "/debug/feed");
        await feed.next("hello");
        await get("/wall");
        await get("/metrics");
        feed.close();
      }),
    ));

  it("refuses to listen beyond loopback without a token", async () => {
    const view = {} as HostView;
    for (const host of ["0.0.0.0", "::", "192.0.2.1", "example.com"]) {
      await assert.rejects(
        startDebugServer({ host, port: 0, token: null, view }, SILENT),
        /^Error: Cannot show what runs on \S+: an address others can reach wants a token \(--debug-token or BELFRY_DEBUG_TOKEN\)$/,
      );
    }
  });

  it("names the address it cannot listen on", () =>
    withSite(async ({ addr, view }) => {
      const port = Number(addr.split(":")[1]);
      const started = startDebugServer({ host: "127.0.0.1", port, token: null, view }, SILENT);
      await assert.rejects(started, new RegExp(`^Error: Cannot listen on ${addr}: EADDRINUSE$`));
    }));
});

describe("access", () => {
  const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString("base64")}`;

  it("wants the token everywhere but at the probes", () =>
    withSite(
      async ({ addr, ask: get, logged }) => {
        const port = addr.split(":")[1] ?? "";
        for (const path of ["/", "/metrics", "/debug/conns", "/debug/pprof/heap", "/debug/feed", "/no-such-page"]) {
          const { status, headers, text } = await get(path);
          assert.deepEqual([status, text], [401, "Cannot answer without the token of this server\n"], path);
          assert.equal(headers["www-authenticate"], 'Basic realm="belfry", charset="UTF-8"');
        }
        const tries: readonly [string, number][] = [
          [`Bearer ${TOKEN}`, 200],
          [`bearer ${TOKEN}`, 200],
          [basic(`anybody:${TOKEN}`), 200],
          [basic(`:${TOKEN}`), 200],
          [basic(TOKEN), 401],
          [basic(`${TOKEN}:`), 401],
          [`Bearer ${TOKEN}x`, 401],
          ["Bearer ", 401],
          ["Basic", 401],
          [TOKEN, 401],
        ];
        for (const [authorization, expected] of tries) {
          const { status } = await get("/debug/status", { headers: { authorization } });
          assert.equal(status, expected, authorization);
        }
        assert.equal((await get(`/debug/status?token=${TOKEN}`)).status, 401);
        for (const probe of ["/healthz", "/readyz"]) assert.equal((await get(probe)).status, 200);
        // It listens on all addresses, and is reached by a name: whose it is shows in the token.
        const headers = { host: "host.example", authorization: `Bearer ${TOKEN}` };
        assert.equal((await ask(`127.0.0.1:${port}`, "/debug/status", { headers })).status, 200);
        assert.doesNotMatch(logged.join("\n"), new RegExp(TOKEN));
        const shown = await get("/debug/status", { headers });
        assert.doesNotMatch(shown.text, new RegExp(TOKEN));
      },
      { host: "0.0.0.0", token: TOKEN },
    ));

  it("answers on loopback for this machine's names alone", () =>
    withSite(async ({ addr, ask: get }) => {
      for (const host of [addr, "localhost:80", "LOCALHOST", "belfry.localhost:1", "[::1]:6060", "10.0.0.7:6060"]) {
        assert.equal((await get("/debug/status", { headers: { host } })).status, 200, host);
      }
      for (const host of ["evil.example", "localhost.evil.example:6060", "127.0.0.1.evil.example", "127.0.0.1:x"]) {
        const { status, text } = await get("/debug/status", { headers: { host } });
        assert.equal(status, 403, host);
        assert.ok(text.includes(host));
      }
      assert.equal((await get("/healthz", { headers: { host: "evil.example" } })).status, 200);
    }));

  it("answers no page of another origin", () =>
    withSite(async ({ ask: get }) => {
      const from = (site: string, mode: string, dest: string): Promise<{ status: number }> =>
        get("/debug/status", {
          headers: { "sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest },
        });
      assert.equal((await from("cross-site", "no-cors", "image")).status, 403);
      assert.equal((await from("same-site", "cors", "empty")).status, 403);
      assert.equal((await from("cross-site", "navigate", "iframe")).status, 403);
      assert.equal((await from("cross-site", "navigate", "document")).status, 200);
      assert.equal((await from("same-origin", "cors", "empty")).status, 200);
      assert.equal((await from("none", "navigate", "document")).status, 200);
    }));
});
