import type { ParsedAddress } from "@belfry/net";
import { type Server, serve, type Service, withSignals } from "@belfry/server";
import { createLog } from "./log/create-log.js";
import type { DebugServer } from "./debug/start-debug-server.js";
import { EXIT } from "./exit-status.js";
import { createProcessInspector } from "./inspect/create-process-inspector.js";
import type { HostStatus } from "./inspect/host-view.js";
import { viewProcess } from "./inspect/view-process.js";
import type { Io } from "./io.js";
import type { Log } from "./log/log.js";
import { logEvents } from "./log/log-events.js";
import { type DebugTarget, debugTarget } from "./options/debug-target.js";
import type { HostOptions } from "./options/server-options.js";
import { readVersion } from "./version.js";

/** One service to host. */
export interface Hosted {
  /** What logs and listings call it. */
  readonly name: string;
  /** What it is: `clock`, `echo`, `reverb`, `ftp`. Default: its name. */
  readonly kind?: string | undefined;
  readonly address: ParsedAddress;
  readonly service: Service;
  /** Milliseconds a client may send nothing; 0 or absent is for ever. */
  readonly idleTimeout?: number | undefined;
  /** Whether the service turns away by itself who is one too many: `--max-conns` is then not the server's business. */
  readonly hasOwnLimits?: boolean | undefined;
  /** Told of the log before anything is served, so that a service can tell it what happens inside. */
  readonly attach?: ((log: Log) => void) | undefined;
  /** Asked when connections had to be cut: resolves once the service has told what became of them. */
  readonly settled?: (() => Promise<void>) | undefined;
}

/**
 * Runs services until a signal ends them: the first SIGINT, SIGTERM or SIGQUIT starts a drain, a second one cuts it
 * short.
 *
 * @param onListening called with the servers, in the order of `services`, once all of them listen.
 * @returns the exit status: 0 when everything drained, 1 when a connection had to be cut.
 * @throws {UsageError} when the debug server would be open to others without a token.
 * @throws {AggregateError} when services could not listen, with an error for each; none runs then.
 * @throws the error of a server that broke down, once the others have drained.
 */
export async function host(
  services: readonly Hosted[],
  options: HostOptions,
  io: Io,
  onListening?: (servers: readonly Server[]) => void,
): Promise<number> {
  const target = debugTarget(options, io.env);
  const log = await createLog(options.logFormat, options.logLevel, io.stderr);
  const servers = await startAll(services, options, log);
  let debug: DebugServer | undefined;
  try {
    if (target !== null) debug = await startDebugging(target, { services, servers, log });
    const ended = runToEnd(servers, services, log);
    for (const server of servers) {
      const address = String(server.addr);
      log.write("info", `listening on ${address}`, { service: server.name, address });
    }
    debug?.announce();
    onListening?.(servers);
    return await ended;
  } finally {
    await debug?.close();
    await closeAll(servers);
  }
}

/** What is looked at, and who tells. */
interface Debugged {
  readonly services: readonly Hosted[];
  /** In the order of `services`. */
  readonly servers: readonly Server[];
  readonly log: Log;
}

async function startDebugging(target: DebugTarget, { services, servers, log }: Debugged): Promise<DebugServer> {
  const inspected = servers.map((server, at) => {
    const { name, kind = name } = services[at] as Hosted;
    const maxConns = Number.isFinite(server.maxConns) ? server.maxConns : null;
    return { kind, isSecure: false, isProxied: false, maxConns, servers: [server] };
  });
  const inspector = createProcessInspector({ worker: 0, services: () => inspected, isInspected: true });
  const state = (): HostStatus["state"] => stateOf(servers);
  const isReady = (): boolean => servers.every((server) => server.state === "serving");
  const view = viewProcess(inspector, { version: readVersion(), config: null, state, isReady });
  try {
    const { startDebugServer } = await import("./debug/start-debug-server.js");
    const debug = await startDebugServer({ ...target, view }, log);
    return {
      ...debug,
      close: async () => {
        await debug.close();
        inspector.close();
      },
    };
  } catch (error) {
    inspector.close();
    throw error;
  }
}

function stateOf(servers: readonly Server[]): HostStatus["state"] {
  return servers.some(({ state }) => state === "draining" || state === "finished") ? "draining" : "serving";
}

async function startAll(services: readonly Hosted[], options: HostOptions, log: Log): Promise<Server[]> {
  const { maxConns } = options;
  const listTasks = options.debug !== undefined;
  const shutdownTimeout = options.shutdownTimeout === 0 ? Number.POSITIVE_INFINITY : options.shutdownTimeout;
  const starts = services.map(async ({ name, address, service, idleTimeout, hasOwnLimits, attach }) => {
    attach?.(log);
    const limit = hasOwnLimits === true && maxConns !== undefined ? Number.POSITIVE_INFINITY : maxConns;
    const settings = { name, maxConns: limit, idleTimeout, shutdownTimeout, listTasks };
    const server = await serve({ ...address, ...settings }, service);
    logEvents(server, log);
    return server;
  });
  const outcomes = await Promise.allSettled(starts);
  const servers = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  const errors = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : []));
  if (errors.length === 0) return servers;
  await closeAll(servers);
  throw new AggregateError(errors, "Cannot start the services");
}

async function runToEnd(servers: readonly Server[], services: readonly Hosted[], log: Log): Promise<number> {
  // One service without the others is not what was asked for.
  const stopOthers = (): void => servers.forEach((server) => void server.shutdown());
  for (const server of servers) server.finished.catch(stopOthers);
  const { drained, cut } = await withSignals(servers, {
    // Told when it is true: whoever dials after this line is refused.
    onShutdown: () => queueMicrotask(() => log.write("info", "shutting down")),
  });
  if (cut > 0) await Promise.all(services.map(async ({ settled }) => settled?.()));
  log.write("info", `connections drained: ${drained}, cut: ${cut}`, { drained, cut });
  log.write("info", "all done");
  return cut > 0 ? EXIT.failure : EXIT.ok;
}

async function closeAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(servers.map((server) => server.close()));
}
