import type { HostView } from "../../inspect/host-view.js";
import { encodeHeap } from "../../inspect/pprof/encode-heap.js";
import { expectProfiles, profileReply } from "../profile-reply.js";
import { Query } from "../../http/query.js";
import type { Route } from "../../http/route.js";

const KINDS = {
  heap: { kind: "inuse", summary: "who holds memory, sampled" },
  allocs: { kind: "alloc", summary: "who allocates memory, sampled for some seconds" },
} as const;

/** `/debug/pprof/heap` and `/debug/pprof/allocs`, as pprof profiles. */
export function heapRoute(view: HostView, name: keyof typeof KINDS): Route {
  const { kind, summary } = KINDS[name];
  return {
    path: `/debug/pprof/${name}`,
    summary,
    isSlow: kind === "alloc",
    answer: async ({ query }) => {
      // Some say it out of habit; there is no text form.
      new Query(query, ["debug"]).number("debug", { min: 0, max: 0 }, 0);
      const { profiles, missing } = await expectProfiles(view.heapProfile(kind));
      return profileReply(name, encodeHeap(profiles, kind, missing));
    },
  };
}
