import type { SupervisorMessage, WorkerMessage } from "./messages.js";
import { runWorker } from "./run-worker.js";

/** The process of a worker. The supervisor says when it ends: a signal of the terminal's or the service manager's goes to all. */
for (const signal of ["SIGINT", "SIGTERM", "SIGQUIT", "SIGHUP"] as const) process.on(signal, () => {});

// Who read our log has gone. That is no reason to end connections.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

const worker = runWorker((message: WorkerMessage) => {
  if (process.connected) process.send?.(message, () => {});
});
process.on("message", (message: SupervisorMessage) => worker.hear(message));
process.once("disconnect", () => worker.orphan());
