import type { ParsedAddress } from "@belfry/net";
import { type Server, serve, type Service, withSignals } from "@belfry/server";
import { createLog } from "./create-log.js";
import { traceWaits } from "@belfry/sync";
import { type DebugServer, startDebugServer } from "./debug-server.js";
import { EXIT } from "./exit-status.js";
import type { Io } from "./io.js";
import type { Log } from "./log.js";
import { logEvents } from "./log-events.js";
import type { HostOptions } from "./options/server-options.js";

/** One service to host. */
export interface Hosted {
  /** What logs and listings call it. */
  readonly name: string;
  readonly address: ParsedAddress;
  readonly service: Service;
  /** Milliseconds a client may send nothing; 0 or absent is for ever. */
  readonly idleTimeout?: number | undefined;
}

/**
 * Runs services until a signal ends them: the first SIGINT, SIGTERM or SIGQUIT starts a drain, a second one cuts it
 * short.
 *
 * @param onListening called with the servers, in the order of `services`, once all of them listen.
 * @returns the exit status: 0 when everything drained, 1 when a connection had to be cut.
 * @throws {AggregateError} when services could not listen, with an error for each; none runs then.
 * @throws the error of a server that broke down, once the others have drained.
 */
export async function host(
  services: readonly Hosted[],
  options: HostOptions,
  io: Io,
  onListening?: (servers: readonly Server[]) => void,
): Promise<number> {
  const log = createLog(options.logFormat, options.logLevel, io.stderr);
  const servers = await startAll(services, options, log);
  let debug: DebugServer | undefined;
  try {
    if (options.debug !== undefined) debug = await startDebugServer(options.debug, servers, log);
    const ended = runToEnd(servers, log);
    for (const server of servers) {
      const address = String(server.addr);
      log.write("info", `listening on ${address}`, { service: server.name, address });
    }
    onListening?.(servers);
    return await ended;
  } finally {
    await debug?.close();
    await closeAll(servers);
  }
}

async function startAll(services: readonly Hosted[], options: HostOptions, log: Log): Promise<Server[]> {
  const { maxConns } = options;
  const listTasks = options.debug !== undefined;
  // Before Node 24 following tasks slows every promise of the process.
  if (listTasks && Number.parseInt(process.versions.node, 10) >= 24) traceWaits(true);
  const shutdownTimeout = options.shutdownTimeout === 0 ? Number.POSITIVE_INFINITY : options.shutdownTimeout;
  const starts = services.map(async ({ name, address, service, idleTimeout }) => {
    const server = await serve({ ...address, name, maxConns, idleTimeout, shutdownTimeout, listTasks }, service);
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

async function runToEnd(servers: readonly Server[], log: Log): Promise<number> {
  // One service without the others is not what was asked for.
  const stopOthers = (): void => servers.forEach((server) => void server.shutdown());
  for (const server of servers) server.finished.catch(stopOthers);
  const { drained, cut } = await withSignals(servers, {
    // Told when it is true: whoever dials after this line is refused.
    onShutdown: () => queueMicrotask(() => log.write("info", "shutting down")),
  });
  log.write("info", `connections drained: ${drained}, cut: ${cut}`, { drained, cut });
  log.write("info", "all done");
  return cut > 0 ? EXIT.failure : EXIT.ok;
}

async function closeAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(servers.map((server) => server.close()));
}
