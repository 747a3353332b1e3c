import type { ClosedEvent, PeerEvent, RefusalReason, Server } from "@belfry/server";
import { limitBursts } from "./limit-bursts.js";
import type { Log, LogFields, LogLevel } from "./log.js";
import { formatSpan } from "../text/format-span.js";
import { nameAddr } from "../text/name-addr.js";

/** How much each refusal asks of whoever runs the server: a limit reached, what the owner wanted, or nothing. */
const REFUSAL_LEVELS: Readonly<Record<RefusalReason, LogLevel>> = {
  full: "warn",
  address: "warn",
  descriptors: "warn",
  network: "info",
  policy: "info",
  kicked: "info",
  abandoned: "debug",
  draining: "debug",
};

/**
 * Tells `log` of everything that happens to a server and its connections: at `warn` what somebody should look at, at
 * `info` a line for each connection that is over, at `debug` when connections come, too. Of refusals and failed arrivals,
 * which cost a stranger next to nothing, there are few lines at a time, and one that counts the others.
 */
export function logEvents(server: Server, log: Log): void {
  logTrouble(server, log);
  // Not even asked for what would not be written: an event nobody listens to is not made.
  if (log.writes("info")) server.on("closed", (event) => logClosed(event, log));
  if (log.writes("debug")) logArrivals(server, log);
}

function logTrouble(server: Server, log: Log): void {
  const { name: service } = server;
  const bursts = limitBursts(log);
  server.on("draining", () => bursts.flush());
  server.on("failed", (event) => {
    const { id, error } = event;
    const text = describe(error);
    log.write("warn", `${id} failed (${nameParty(event)}): ${text}`, fieldsOf("failed", event, { id, error: text }));
  });
  server.on("refused", (event) => {
    const { reason } = event;
    const text = `${service} refused ${nameParty(event)}: ${reason}`;
    const fields = { event: "refused", service, reason };
    const burst = { level: REFUSAL_LEVELS[reason], what: `${service} refused for reason ${reason}`, fields };
    bursts.write(burst, text, fieldsOf("refused", event, { reason }));
  });
  server.on("policyFailed", ({ remoteAddr, error }) => {
    const remote = nameAddr(remoteAddr);
    const text = describe(error);
    const fields = { event: "policyFailed", service, remote, error: text };
    log.write("warn", `${service} could not decide about ${remote}: ${text}`, fields);
  });
  server.on("acceptFailed", ({ error, kind }) => {
    const text = describe(error);
    const fields = { event: "acceptFailed", service, kind, error: text };
    const what = `${service} could not accept (${kind})`;
    const burst = { level: "warn", what, fields: { event: "acceptFailed", service, kind } } as const;
    bursts.write(burst, `${what}: ${text}`, fields);
  });
  server.on("backedOff", ({ shortage, delay }) => {
    const fields = { event: "backedOff", service, shortage, delay };
    log.write("warn", `${service} is short of ${shortage} and waits ${formatSpan(delay)}`, fields);
  });
}

function logClosed(event: ClosedEvent, log: Log): void {
  const { id, bytesRead, bytesWritten, duration, reason } = event;
  const text = `${reason} after ${formatSpan(duration)}, ${bytesRead} bytes in, ${bytesWritten} bytes out`;
  log.gather("info", `${id} closed (${nameParty(event)}): ${text}`, () =>
    fieldsOf("closed", event, { id, reason, duration: Math.round(duration), bytesRead, bytesWritten }),
  );
}

function logArrivals(server: Server, log: Log): void {
  server.on("waiting", (event) => {
    const { id, position } = event;
    const text = `${id} waits (${nameParty(event)}): number ${position}`;
    log.gather("debug", text, () => fieldsOf("waiting", event, { id, position }));
  });
  server.on("opened", (event) => {
    const { id, waited } = event;
    log.gather("debug", `${id} opened (${nameParty(event)})`, () =>
      fieldsOf("opened", event, { id, waited: Math.round(waited) }),
    );
  });
}

/** Who is at the other end, and which proxy is in between. */
function nameParty({ remoteAddr, proxyAddr }: PeerEvent): string {
  return proxyAddr === undefined ? nameAddr(remoteAddr) : `${nameAddr(remoteAddr)} via ${nameAddr(proxyAddr)}`;
}

function fieldsOf(event: string, { server, remoteAddr, proxyAddr }: PeerEvent, others: LogFields): LogFields {
  const via = proxyAddr === undefined ? null : { via: nameAddr(proxyAddr) };
  return { event, service: server, remote: nameAddr(remoteAddr), ...via, ...others };
}

/** In one line, whatever was thrown; what a client has sent may be in it, and must not steer a terminal. */
function describe(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\p{Cc}+\s*/gu, " ");
}
