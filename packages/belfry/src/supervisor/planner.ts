import { describeThrown } from "../config/modules/describe-thrown.js";
import { loadConfig } from "../config/load-config.js";
import { endChild } from "./end-child.js";
import type { PlanMessage, PlanRequest } from "./messages.js";

/** The process that reads a configuration: it is sent where from, answers with the plan or with what is wrong, and ends. */
async function answer({ source, isCheck }: PlanRequest): Promise<PlanMessage> {
  try {
    const { plan, accepted, services } = await loadConfig(source, process.env, {
      isCheck,
      onLoading: (path) => process.send?.({ type: "loading", path } satisfies PlanMessage),
    });
    const remarks = services.map(({ addresses, notes, warnings }) => ({ addresses, notes, warnings }));
    return { type: "plan", plan, accepted, remarks };
  } catch (error) {
    return { type: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}

process.once("message", (request: PlanRequest) => {
  // What waits for something that never comes is found by this process having nothing else to do.
  process.channel?.unref();
  void answer(request).then(endChild);
});
process.once("uncaughtException", (thrown) =>
  endChild({ type: "thrown", what: describeThrown(thrown) } satisfies PlanMessage, 1),
);
// Nobody is left to answer to.
process.once("disconnect", () => process.exit(1));
