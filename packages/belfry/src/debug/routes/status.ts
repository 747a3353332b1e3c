import type { HostView } from "../../inspect/host-view.js";
import { expectNoQuery } from "../../http/query.js";
import { jsonReply, type Route } from "../../http/route.js";

/** `/debug/status`: services and workers, as a `HostStatus`. */
export function statusRoute(view: HostView): Route {
  return {
    path: "/debug/status",
    summary: "services and workers as JSON",
    answer: async ({ query }) => {
      expectNoQuery(query);
      return jsonReply(await view.status());
    },
  };
}
