import type { HostView } from "../../inspect/host-view.js";
import { type Route, textReply } from "../../http/route.js";

/** `/healthz`: 200 for as long as the process lives and its event loop turns. Wants no token. */
export const healthRoute: Route = {
  path: "/healthz",
  summary: "200 while the process lives",
  isOpen: true,
  answer: () => textReply("ok"),
};

/** `/readyz`: 200 while every service is served, else 503; 503 from the beginning of a drain. Wants no token. */
export function readyRoute(view: HostView): Route {
  return {
    path: "/readyz",
    summary: "200 while every service is served, else 503",
    isOpen: true,
    answer: async () => {
      const { isReady, state } = await view.status();
      if (isReady) return textReply("ready");
      return textReply(state === "serving" ? "not ready: a service is not served" : `not ready: ${state}`, 503);
    },
  };
}
