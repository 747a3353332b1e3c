import { DEFAULT_TASKS, type HostView, MAX_TASKS } from "../../inspect/host-view.js";
import { Query } from "../../http/query.js";
import { jsonReply, type Route } from "../../http/route.js";

const RANGE = { min: 1, max: MAX_TASKS };

/** `/debug/tasks`: live tasks, as a `TaskPage`. */
export function tasksRoute(view: HostView): Route {
  return {
    path: "/debug/tasks",
    summary: "live tasks as JSON: ?limit= of each process (10000, at most 100000)",
    answer: async ({ query }) => {
      return jsonReply(await view.tasks(new Query(query, ["limit"]).number("limit", RANGE, DEFAULT_TASKS)));
    },
  };
}
