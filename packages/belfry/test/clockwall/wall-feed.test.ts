import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { clock, type WallClock, type WallFace } from "@belfry/clock";
import { serve, type Server } from "@belfry/server";
import { until, withoutLeaks } from "@belfry/testkit";
import type { WallFeedMessages, WebFace } from "../../src/clockwall/feed-messages.js";
import { nextFace, WallFeed, type WallFeedOptions } from "../../src/clockwall/wall-feed.js";
import { wallFeedRoute } from "../../src/clockwall/wall-feed-route.js";
import { startWebServer } from "../../src/http/start-web-server.js";
import { ask, openFeed } from "../debug/debug-site.js";
import { SILENT } from "../log/log-to.js";

interface Wall {
  readonly addr: string;
  readonly servers: readonly Server[];
  /** What the feed finds; a test may change it. */
  readonly clocks: WallClock[];
}

/** Two clocks and a server of their wall, for as long as `body` takes. */
async function withWall(body: (wall: Wall) => Promise<void>, options: WallFeedOptions = {}): Promise<void> {
  const zones = ["Asia/Tokyo", "Europe/London"];
  const servers = await Promise.all(zones.map((timeZone) => serve({ port: 0 }, clock({ timeZone }))));
  const clocks = servers.map(({ addr }, at) => ({ name: zones[at] as string, address: String(addr) }));
  const feed = new WallFeed(async () => [...clocks], options);
  const web = await startWebServer({ host: "127.0.0.1", port: 0, token: null, routes: [wallFeedRoute(feed)] }, SILENT);
  try {
    await body({ addr: web.addr, servers, clocks });
  } finally {
    await Promise.all([web.close(), feed.close()]);
    await Promise.all(servers.map((server) => server.close()));
  }
}

function sizes(servers: readonly Server[]): number[] {
  return servers.map(({ size }) => size);
}

describe("WallFeed", () => {
  it("tells all clocks first, then those that have changed, with their drift", () =>
    withWall(async ({ addr }) => {
      const feed = await openFeed(addr, "/wall/feed");
      const { faces } = (await feed.next("wall")) as WallFeedMessages["wall"];
      assert.deepEqual(
        faces.map(({ name, tickedAt, drift }) => [name, tickedAt, drift]),
        [
          ["Asia/Tokyo", null, null],
          ["Europe/London", null, null],
        ],
      );
      const latest = new Map<string, WebFace>();
      while ([...latest.values()].filter(({ drift }) => drift !== null).length < 2) {
        const news = (await feed.next("faces")) as WallFeedMessages["faces"];
        for (const face of news.faces) latest.set(face.name, face);
      }
      for (const { state, time, tickedAt, drift } of latest.values()) {
        assert.equal(state, "ticking");
        assert.match(time ?? "", /^\d\d:\d\d:\d\d$/);
        assert.ok(tickedAt !== null && Math.abs(Date.now() - tickedAt) < 5000);
        assert.ok(drift !== null && drift > -50 && drift < 900, String(drift));
      }
      feed.close();
    }));

  it("dials while somebody looks, once for all who do", () =>
    withWall(
      async ({ addr, servers }) => {
        assert.deepEqual(sizes(servers), [0, 0]);
        const [one, two] = [await openFeed(addr, "/wall/feed"), await openFeed(addr, "/wall/feed")];
        await until(() => sizes(servers).every((size) => size === 1));
        one.close();
        await one.ended;
        await two.next("faces");
        assert.deepEqual(sizes(servers), [1, 1]);
        two.close();
        await until(() => sizes(servers).every((size) => size === 0));
        const again = await openFeed(addr, "/wall/feed");
        await until(() => sizes(servers).every((size) => size === 1));
        again.close();
      },
      { grace: 0 },
    ));

  it("keeps its clocks for a moment when the last one leaves", () =>
    withWall(
      async ({ addr, servers }) => {
        const one = await openFeed(addr, "/wall/feed");
        await until(() => sizes(servers).every((size) => size === 1));
        one.close();
        await one.ended;
        const two = await openFeed(addr, "/wall/feed");
        const { faces } = (await two.next("wall")) as WallFeedMessages["wall"];
        assert.ok(faces.every(({ state }) => state === "ticking"));
        assert.deepEqual(
          servers.map(({ counters }) => counters.connections_accepted_total),
          [1, 1],
        );
        two.close();
      },
      { grace: 60_000 },
    ));

  it("takes over other clocks, and tells everybody", () =>
    withWall(
      async ({ addr, clocks, servers }) => {
        const feed = await openFeed(addr, "/wall/feed");
        await feed.next("wall");
        clocks.pop();
        const { faces } = (await feed.next("wall")) as WallFeedMessages["wall"];
        assert.deepEqual(
          faces.map(({ name }) => name),
          ["Asia/Tokyo"],
        );
        await until(() => sizes(servers)[1] === 0);
        feed.close();
      },
      { lookAgain: 20 },
    ));

  it("has room for so many and no more", () =>
    withWall(
      async ({ addr }) => {
        const feed = await openFeed(addr, "/wall/feed");
        const { status, text, headers } = await ask(addr, "/wall/feed");
        assert.deepEqual([status, headers["retry-after"]], [503, "30"]);
        assert.equal(text, "Cannot open another feed: 1 are open already\n");
        feed.close();
      },
      { audience: { limit: 1 } },
    ));

  it("shows an empty wall when there are no clocks", () =>
    withWall(async ({ addr, clocks }) => {
      clocks.length = 0;
      const feed = await openFeed(addr, "/wall/feed");
      assert.deepEqual(await feed.next("wall"), { faces: [] });
      feed.close();
    }));

  it("leaves nothing behind", () =>
    withoutLeaks(() =>
      withWall(async ({ addr, servers }) => {
        await openFeed(addr, "/wall/feed");
        await until(() => sizes(servers).every((size) => size === 1));
      }),
    ));
});

describe("nextFace()", () => {
  const AT = Date.UTC(2026, 0, 1, 12, 0, 0);
  const face = (state: WallFace["state"], time: string | null): WallFace => {
    return { name: "a", address: "b:1", state, since: 0, time, error: null };
  };

  it("measures ticks, and not the greeting, which comes at any moment of a second", () => {
    const greeted = nextFace(undefined, face("ticking", "12:00:00"), AT + 700);
    assert.deepEqual([greeted.tickedAt, greeted.drift], [AT + 700, null]);
    const ticked = nextFace(greeted, face("ticking", "12:00:01"), AT + 1004);
    assert.deepEqual([ticked.tickedAt, ticked.drift], [AT + 1004, 4]);
  });

  it("keeps what is known of a clock that is stalled or lost, and measures anew what comes then", () => {
    const ticked = { ...face("ticking", "12:00:01"), tickedAt: AT, drift: 4 };
    const stalled = nextFace(ticked, face("stalled", "12:00:01"), AT + 5000);
    assert.deepEqual([stalled.tickedAt, stalled.drift], [AT, 4]);
    const late = nextFace(stalled, face("ticking", "12:00:05"), AT + 7000);
    assert.equal(late.drift, 2000);
    const lost = nextFace(ticked, face("lost", "12:00:01"), AT + 5000);
    const back = nextFace(lost, face("ticking", "12:00:09"), AT + 9800);
    assert.deepEqual([back.tickedAt, back.drift], [AT + 9800, 4]);
  });
});
