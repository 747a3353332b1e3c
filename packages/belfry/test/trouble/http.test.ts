import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, it } from "node:test";
import { measureHeap } from "@belfry/testkit";
import { openFeed, withSite, type DebugSite } from "../debug/debug-site.js";

/** Sends bytes as they are, and resolves with all that comes back until the server hangs up, or the first head. */
async function raw({ addr }: DebugSite, text: string): Promise<string> {
  const socket = await dial(addr);
  let heard = "";
  socket.setEncoding("utf8").on("data", (part: string) => (heard += part));
  const over = once(socket, "close");
  socket.write(text);
  await over;
  return heard;
}

async function dial(addr: string): Promise<Socket> {
  const [host, port] = addr.split(":");
  const socket = connect(Number(port), host).on("error", () => {});
  await once(socket, "connect");
  return socket;
}

const CLOSE = "Host: localhost\r\nConnection: close\r\n\r\n";

describe("a debug server that is asked for nonsense", () => {
  it("gives out nothing above its pages, however the path is written", () =>
    withSite(async (site) => {
      const paths = [
        "/assets/../package.json",
        "/assets/../../package.json",
        "/assets/%2e%2e/%2e%2e/package.json",
        "/assets/..%2f..%2fpackage.json",
        "/assets/..%5c..%5cpackage.json",
        "/assets/%252e%252e/package.json",
        "/assets//etc/passwd.txt",
        "/assets/%2fetc%2fhostname.txt",
        "/assets/vendor/../../../../package.json",
        "/assets/vendor/lit-html/../../package.json",
        "/assets/vendor/lit-html/..%2fpackage.json",
        "/assets/vendor/zod/package.json",
        "/assets/vendor/__proto__/x.js",
        "/assets/.hidden.js",
        "/assets/index.html%00.js",
        "/assets/index.html\\..\\x.js",
        "/assets/",
        "/assets/%c0%ae%c0%ae/package.json",
        "/assets/%ff.js",
      ];
      for (const path of paths) {
        const answer = await raw(site, `GET ${path} HTTP/1.1\r\n${CLOSE}`);
        assert.match(answer, /^HTTP\/1\.1 (?:400|404) /, `${path}: ${answer}`);
        assert.doesNotMatch(answer, /"name": "|root:/, path);
      }
      assert.equal((await site.ask("/assets/theme.css")).status, 200);
    }));

  it("reads only GET and HEAD, and says so", () =>
    withSite(async (site) => {
      for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"]) {
        const answer = await raw(site, `${method} /debug/status HTTP/1.1\r\nContent-Length: 0\r\n${CLOSE}`);
        assert.match(answer, /^HTTP\/1\.1 405 [^]*allow: GET, HEAD/i, method);
      }
      for (const path of ["/", "/debug/status", "/metrics", "/debug/feed", "/debug/pprof/profile", "/wall/feed"]) {
        const answer = await raw(site, `HEAD ${path} HTTP/1.1\r\n${CLOSE}`);
        assert.match(answer, /^HTTP\/1\.1 200 [^]*\r\n\r\n$/, path);
      }
      for (const start of [
        "GET",
        "\0\0\0\0\r\n\r\n",
        "CONNECT a:1 HTTP/1.1",
        "\x16\x03\x01\x02\0\x01\0",
        "GET * HTTP/1.1",
      ]) {
        assert.match(await raw(site, `${start}\r\n${CLOSE}`), /^(?:HTTP\/1\.1 4\d\d |$)/, JSON.stringify(start));
      }
      assert.match(await raw(site, `GET http://a.test/debug/status HTTP/1.1\r\n${CLOSE}`), /^HTTP\/1\.1 400 /);
      assert.match(await raw(site, `GET / HTTP/1.1\r\nX: ${"y".repeat(20_000)}\r\n${CLOSE}`), /^HTTP\/1\.1 431 /);
      assert.match(await raw(site, `GET /${"y".repeat(20_000)} HTTP/1.1\r\n${CLOSE}`), /^HTTP\/1\.1 431 /);
      assert.match(await raw(site, `GET /debug/conns?limit=9999999 HTTP/1.1\r\n${CLOSE}`), /^HTTP\/1\.1 400 /);
      assert.match(await raw(site, `GET /debug/pprof/profile?seconds=1e9 HTTP/1.1\r\n${CLOSE}`), /^HTTP\/1\.1 400 /);
      assert.equal((await site.ask("/healthz")).status, 200);
    }));

  it("answers 1,000 wrong tokens with 401, logs none of them, and knows the right one", () =>
    withSite(
      async (site) => {
        const wrong = ["", "x", "right ", "Right", "righ", "right\u0000", "r".repeat(5000)];
        const answers = await Promise.all(
          Array.from({ length: 1000 }, async (_, at) => {
            const token = wrong[at % wrong.length] as string;
            const headers = { authorization: `Bearer ${Buffer.from(token).toString("latin1").replaceAll("\0", "")}x` };
            return (await site.ask("/debug/status", { headers })).status;
          }),
        );
        assert.deepEqual(new Set(answers), new Set([401]));
        assert.equal((await site.ask("/debug/status", { headers: { authorization: "Bearer right" } })).status, 200);
        assert.deepEqual(
          site.logged.filter((line) => /^(?:info|warn|error)/.test(line)),
          [],
        );
      },
      { token: "right" },
    ));

  it("bears 200 clients that send half a request, and answers others", () =>
    withSite(async (site) => {
      const crowd = Array.from({ length: 200 }, async () => {
        const socket = await dial(site.addr);
        socket.write("GET /debug/status HT");
        return socket;
      });
      const sockets = await Promise.all(crowd);
      assert.equal((await site.ask("/healthz")).status, 200);
      for (const socket of sockets) socket.destroy();
    }));

  it("opens so many feeds and no more, and keeps nothing for one that never reads", () =>
    withSite(async (site) => {
      const feeds = await Promise.allSettled(Array.from({ length: 200 }, () => openFeed(site.addr, "/debug/feed")));
      const open = feeds.flatMap((feed) => (feed.status === "fulfilled" ? [feed.value] : []));
      assert.ok(open.length >= 1 && open.length <= 32, String(open.length));
      for (const feed of feeds) if (feed.status === "rejected") assert.match(String(feed.reason), /status 503/);
      for (const feed of open) feed.close();
      const deaf = await dial(site.addr);
      deaf.pause();
      const before = measureHeap();
      for (let count = 0; count < 500; count += 1) deaf.write("GET /debug/status HTTP/1.1\r\nHost: localhost\r\n\r\n");
      for (let count = 0; count < 20; count += 1) assert.equal((await site.ask("/debug/status")).status, 200);
      assert.ok(measureHeap() - before < 20 * 2 ** 20);
      deaf.destroy();
    }));
});
