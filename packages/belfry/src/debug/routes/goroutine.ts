import { type HostView, MAX_TASKS } from "../../inspect/host-view.js";
import { encodeTasks } from "../../inspect/pprof/encode-tasks.js";
import { formatTasks } from "../../inspect/pprof/format-tasks.js";
import { Query } from "../../http/query.js";
import { profileReply } from "../profile-reply.js";
import type { Route } from "../../http/route.js";

/** `/debug/pprof/goroutine`: live tasks as a pprof profile, or with `?debug=1` and `?debug=2` as text. */
export function goroutineRoute(view: HostView): Route {
  return {
    path: "/debug/pprof/goroutine",
    summary: "live tasks by what they wait for; ?debug=1 as text, grouped, ?debug=2 one by one",
    answer: async ({ query }) => {
      const debug = new Query(query, ["debug"]).number("debug", { min: 0, max: 2 }, 0);
      const { tasks, missing } = await view.tasks(MAX_TASKS);
      if (debug === 0) return profileReply("goroutine", encodeTasks(tasks, missing));
      return { type: "text/plain; charset=utf-8", body: formatTasks(tasks, debug === 1 ? 1 : 2, missing) };
    },
  };
}
