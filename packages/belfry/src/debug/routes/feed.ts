import type { HostView } from "../../inspect/host-view.js";
import { readConnectionQuery } from "../connection-query.js";
import type { DashboardFeed } from "../dashboard-feed.js";
import type { Route } from "../../http/route.js";

/** `/debug/feed`: `FeedMessages` as server-sent events. */
export function feedRoute(view: HostView, feed: DashboardFeed): Route {
  return {
    path: "/debug/feed",
    summary: "what the dashboard shows, as server-sent events; the query is that of /debug/conns, limit=0 for none",
    answer: async ({ query }) => {
      const wanted = readConnectionQuery(query, 0);
      feed.checkRoom();
      const status = await view.status();
      feed.checkRoom();
      return { open: (stream) => feed.join(stream, status, wanted.limit === 0 ? null : wanted) };
    },
  };
}
