import type { WallFeed } from "./wall-feed.js";
import { expectNoQuery } from "../http/query.js";
import type { Route } from "../http/route.js";

/** `/wall/feed`: `WallFeedMessages` as server-sent events. */
export function wallFeedRoute(feed: WallFeed): Route {
  return {
    path: "/wall/feed",
    summary: "what the clock wall shows, as server-sent events",
    answer: async ({ query }) => {
      expectNoQuery(query);
      await feed.prepare();
      return { open: (stream) => feed.join(stream) };
    },
  };
}
