import type { HostView } from "../../inspect/host-view.js";
import { readConnectionQuery } from "../connection-query.js";
import { jsonReply, type Route } from "../../http/route.js";

/** `/debug/conns`: connections, as a `ConnectionPage`. */
export function connsRoute(view: HostView): Route {
  return {
    path: "/debug/conns",
    summary: "connections as JSON: ?service= &filter= &order=age|read|written|queued &limit= (1000, at most 10000)",
    answer: async ({ query }) => jsonReply(await view.connections(readConnectionQuery(query, 1))),
  };
}
