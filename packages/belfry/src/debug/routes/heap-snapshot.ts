import type { HostView } from "../../inspect/host-view.js";
import { NoAnswerError } from "../../inspect/no-answer-error.js";
import { Query } from "../../http/query.js";
import { RequestError } from "../../http/request-error.js";
import type { Route } from "../../http/route.js";

const WORKERS = { min: 0, max: Number.MAX_SAFE_INTEGER };

/** `/debug/pprof/heapsnapshot`: all objects of one process, for browser tools. One at a time. */
export function heapSnapshotRoute(view: HostView): Route {
  let isTaken = false;
  return {
    path: "/debug/pprof/heapsnapshot",
    summary: "all objects of one process as a .heapsnapshot for browser tools: ?worker=; stops that process meanwhile",
    isSlow: true,
    answer: async ({ query, signal }) => {
      const worker = new Query(query, ["worker"]).number("worker", WORKERS, undefined);
      if (isTaken) throw new RequestError(409, "Cannot take a heap snapshot: another one is being taken");
      isTaken = true;
      try {
        const snapshot = await view.heapSnapshot(worker);
        // Nobody waits for it any more: what is behind it is released all the same.
        if (signal.aborted) await snapshot[Symbol.asyncIterator]().return?.();
        const name = worker === undefined ? "belfry" : `worker-${worker}`;
        return {
          type: "application/json; charset=utf-8",
          headers: { "content-disposition": `attachment; filename="${name}.heapsnapshot"` },
          body: snapshot,
        };
      } catch (error) {
        throw error instanceof NoAnswerError ? new RequestError(503, error.message) : error;
      } finally {
        isTaken = false;
      }
    },
  };
}
