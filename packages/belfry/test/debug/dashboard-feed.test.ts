import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { until } from "@belfry/testkit";
import type { FeedMessages } from "../../src/debug/feed-messages.js";
import type { ConnectionPage, HostView } from "../../src/inspect/host-view.js";
import { openFeed, withSite } from "./debug-site.js";

describe("/debug/feed", () => {
  it("greets with status and history, then tells status and a sample each second", () =>
    withSite(async ({ addr, dial }) => {
      const feed = await openFeed(addr, "/debug/feed");
      assert.equal(feed.headers["content-type"], "text/event-stream; charset=utf-8");
      const hello = (await feed.next("hello")) as FeedMessages["hello"];
      assert.equal(hello.status.services.length, 3);
      assert.equal(hello.history.interval, 2000);
      const socket = await dial(1);
      socket.write("x".repeat(1000));
      await new Promise((resolve) => socket.once("data", resolve));
      const first = (await feed.next("status")) as FeedMessages["status"];
      assert.equal(first.sample.connections, 1);
      assert.ok(first.sample.bytesRead > 0 && first.sample.accepted > 0);
      assert.equal(first.status.services[1]?.counters.connections_open, 1);
      const second = (await feed.next("status")) as FeedMessages["status"];
      const apart = second.sample.at - first.sample.at;
      assert.ok(apart > 500 && apart < 3000, String(apart));
      assert.equal(second.sample.accepted, 0);
      feed.close();
    }));

  it("lists the connections that are asked for, and none with limit=0", () =>
    withSite(async ({ addr, dial }) => {
      await dial(1);
      await dial(2);
      const feed = await openFeed(addr, "/debug/feed?service=reverb&limit=1");
      const { total, connections } = (await feed.next("connections")) as ConnectionPage;
      assert.deepEqual([total, connections[0]?.id], [1, "reverb#1"]);
      await feed.next("connections");
      feed.close();
    }));

  it("asks once a second for all who look, and for nothing when nobody does", async () => {
    let looks = 0;
    let listings = 0;
    const counting = (view: HostView): HostView => ({
      ...view,
      status: () => {
        looks += 1;
        return view.status();
      },
      connections: (query) => {
        listings += 1;
        return view.connections(query);
      },
    });
    await withSite(
      async ({ addr }) => {
        await until(() => looks === 1);
        const feeds = await Promise.all(
          ["?limit=5", "?limit=5", "?limit=0"].map((query) => openFeed(addr, `/debug/feed${query}`)),
        );
        await Promise.all(feeds.map((feed) => feed.next("hello")));
        const [looksBefore, listingsBefore] = [looks, listings];
        await Promise.all(feeds.map((feed) => feed.next("status")));
        assert.equal(looks, looksBefore + 1);
        assert.ok(listings <= listingsBefore + 1);
        for (const feed of feeds) feed.close();
        await Promise.all(feeds.map((feed) => feed.ended));
      },
      { wrap: counting },
    );
  });

  it("goes on when the host does not answer for a while", async () => {
    let isBroken = false;
    const moody = (view: HostView): HostView => ({
      ...view,
      status: () => (isBroken ? Promise.reject(new Error("mid-drain")) : view.status()),
      connections: (query) => (isBroken ? Promise.reject(new Error("mid-drain")) : view.connections(query)),
    });
    await withSite(
      async ({ addr, ask }) => {
        const feed = await openFeed(addr, "/debug/feed");
        await feed.next("hello");
        isBroken = true;
        assert.equal((await ask("/debug/feed")).status, 503);
        isBroken = false;
        await feed.next("status");
        feed.close();
      },
      { wrap: moody },
    );
  });
});
