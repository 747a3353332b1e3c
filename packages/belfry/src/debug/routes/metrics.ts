import type { HostView } from "../../inspect/host-view.js";
import { accepts } from "../metrics/accepts.js";
import { Exposition, EXPOSITION_TYPES } from "../metrics/exposition.js";
import { withSupervisor } from "../processes.js";
import { expectNoQuery } from "../../http/query.js";
import type { Route } from "../../http/route.js";

/** `/metrics`, for Prometheus: its text format, or OpenMetrics for a client that would rather have that. */
export function metricsRoute(view: HostView): Route {
  const exposition = new Exposition();
  return {
    path: "/metrics",
    summary: "metrics for Prometheus, as text or OpenMetrics",
    answer: async ({ query, headers }) => {
      expectNoQuery(query);
      const { accept } = headers;
      const isOpenMetrics =
        accepts(accept, "application/openmetrics-text", false) >= accepts(accept, "text/plain", true);
      const format = isOpenMetrics ? "openMetrics" : "text";
      const body = await exposition.write(withSupervisor(await view.status()), format);
      return { type: EXPOSITION_TYPES[format], body };
    },
  };
}
