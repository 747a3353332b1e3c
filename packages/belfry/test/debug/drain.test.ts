import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { startBelfry } from "../belfry-process.js";
import { ask, openFeed } from "./debug-site.js";

describe("a drain", () => {
  it("is seen from the debug server, and is not held up by what is asked of it", async () => {
    const args = ["reverb", "--listen", "127.0.0.1:0", "--delay", "700ms", "--debug", "127.0.0.1:0"];
    const belfry = startBelfry(args);
    try {
      const [, addr = ""] = await belfry.says(/debugging on http:\/\/([^/]+)\//);
      const busy = connect(await belfry.port(), "127.0.0.1");
      busy.write("Hello?\n");
      await once(busy, "data");
      const feed = await openFeed(addr, "/debug/feed");
      await feed.next("hello");
      const measuring = ask(addr, "/debug/pprof/profile?seconds=60");
      belfry.child.kill("SIGTERM");
      await belfry.says(/shutting down/);
      const ready = await ask(addr, "/readyz");
      assert.deepEqual([ready.status, ready.text], [503, "not ready: draining\n"]);
      assert.equal((await ask(addr, "/healthz")).status, 200);
      const conns = JSON.parse((await ask(addr, "/debug/conns")).text) as { total: number };
      assert.equal(conns.total, 1);
      const { status, stderr } = await belfry.ended;
      assert.equal(status, 0, stderr);
      assert.deepEqual([(await measuring).status, stderr.includes("all done")], [503, true]);
      await feed.ended;
    } finally {
      await belfry[Symbol.asyncDispose]();
    }
  });
});
