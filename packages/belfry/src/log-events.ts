import type { ClosedEvent, Server } from "@belfry/server";
import type { Log } from "./log.js";
import { formatSpan } from "./options/duration.js";

/** Reasons to turn a connection away that ask nothing of anybody. */
const ROUTINE_REFUSALS: ReadonlySet<string> = new Set(["abandoned", "draining"]);

/** Tells `log` of everything that happens to a server and its connections. */
export function logEvents(server: Server, log: Log): void {
  const { name: service } = server;
  server.on("failed", ({ id, remoteAddr, error }) => {
    const remote = String(remoteAddr);
    const text = describe(error);
    log.write("warn", `${id} failed (${remote}): ${text}`, { event: "failed", id, remote, error: text });
  });
  server.on("refused", ({ remoteAddr, reason }) => {
    const remote = String(remoteAddr);
    const level = ROUTINE_REFUSALS.has(reason) ? "debug" : "warn";
    log.write(level, `${service} refused ${remote}: ${reason}`, { event: "refused", service, remote, reason });
  });
  server.on("acceptFailed", ({ error, kind }) => {
    const text = describe(error);
    const fields = { event: "acceptFailed", service, kind, error: text };
    log.write("warn", `${service} could not accept (${kind}): ${text}`, fields);
  });
  server.on("backedOff", ({ shortage, delay }) => {
    const fields = { event: "backedOff", service, shortage, delay };
    log.write("warn", `${service} is short of ${shortage} and waits ${formatSpan(delay)}`, fields);
  });
  if (log.writes("debug")) logConnections(server, log);
}

function logConnections(server: Server, log: Log): void {
  server.on("waiting", ({ id, remoteAddr, position }) => {
    const remote = String(remoteAddr);
    log.write("debug", `${id} waits (${remote}): number ${position}`, { event: "waiting", id, remote, position });
  });
  server.on("opened", ({ id, remoteAddr, waited }) => {
    const remote = String(remoteAddr);
    log.write("debug", `${id} opened (${remote})`, { event: "opened", id, remote, waited: Math.round(waited) });
  });
  server.on("closed", (event) => logClosed(event, log));
}

function logClosed({ id, remoteAddr, bytesRead, bytesWritten, duration, reason }: ClosedEvent, log: Log): void {
  const remote = String(remoteAddr);
  const text = `${reason} after ${formatSpan(duration)}, ${bytesRead} bytes in, ${bytesWritten} bytes out`;
  const fields = { event: "closed", id, remote, reason, duration: Math.round(duration), bytesRead, bytesWritten };
  log.write("debug", `${id} closed (${remote}): ${text}`, fields);
}

/** In one line, whatever was thrown. */
function describe(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, " ");
}
