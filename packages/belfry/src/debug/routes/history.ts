import type { Pulse } from "../pulse.js";
import { expectNoQuery } from "../../http/query.js";
import { jsonReply, type Route } from "../../http/route.js";

/** `/debug/history`: samples of the last hour, as a `History`. */
export function historyRoute(pulse: Pulse): Route {
  return {
    path: "/debug/history",
    summary: "connections, bytes, event loop and memory over the last hour as JSON",
    answer: ({ query }) => {
      expectNoQuery(query);
      return jsonReply(pulse.history);
    },
  };
}
