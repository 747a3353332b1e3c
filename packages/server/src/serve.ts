import { DEFAULT_HOST, listen } from "@belfry/net";
import type { Address, BrokenError, Listener, TlsServerOptions } from "@belfry/net";
import type { FdTarget, ListenSettings, PathTarget, PortTarget, ServeOptions } from "./options.js";
import { resolveLimits } from "./resolve-limits.js";
import { RunningServer } from "./running-server.js";
import type { Server } from "./server.js";
import type { Service } from "./service.js";

/**
 * Listens, and runs `service` for each connection.
 *
 * The server owns every connection from the moment it is accepted: it closes them, counts them, and keeps what goes
 * wrong on one from all others. Subscribe to events in the tick in which the promise resolves, and none is missed.
 *
 * @param options where to listen, and the limits; every one has a finite default where memory is at stake.
 * @returns the server, once it listens.
 * @throws {TypeError | RangeError} when an option is wrong, naming it and its value.
 * @throws what `listen` throws; `options.signal`'s reason when that is aborted before.
 * @example
 * ```ts
 * import { serve } from "@belfry/server";
 *
 * const server = await serve({ port: 0 }, async (conn) => {
 *   for await (const bytes of conn) await conn.write(bytes);
 * });
 * console.error(`listening on ${server.addr}`);
 * await server.shutdown();
 * ```
 */
export async function serve(options: ServeOptions, service: Service): Promise<Server> {
  const limits = resolveLimits(options);
  if (typeof service !== "function") throw new TypeError("Cannot serve: expected a function as the service");
  const { signal } = options;
  signal?.throwIfAborted();
  let server: RunningServer | null = null;
  const onHandshakeFailed = (error: BrokenError) => server?.acceptFailed(error, "connection", 0);
  const listener = await open(options, onHandshakeFailed);
  if (signal?.aborted === true) {
    await listener.close();
    throw signal.reason;
  }
  const running = new RunningServer(listener, limits, service);
  server = running;
  shutDownOn(signal, running);
  // A tick later the caller of this has its server, and has subscribed to what it wants to see.
  process.nextTick(() => running.start());
  return running;
}

async function open(options: ServeOptions, onHandshakeFailed: (error: BrokenError) => void): Promise<Listener> {
  if (options.listener !== undefined) return options.listener;
  const { backlog, reusePort, proxy } = options;
  return listen(addressOf(options), { backlog, tls: tlsOf(options), proxy, reusePort, onHandshakeFailed });
}

function addressOf(target: PortTarget | PathTarget | FdTarget): Address {
  if (target.fd !== undefined) return { fd: target.fd, path: target.path, copies: target.copies };
  const { path, host, port } = target;
  return path === undefined ? { host: host ?? DEFAULT_HOST, port } : { path };
}

/** With the handshake's timeout in place. What TLS keeps goes with the object, so that there is one for each of the user's. */
function tlsOf({ tls, handshakeTimeout }: ListenSettings): ListenSettings["tls"] {
  if (tls === undefined || handshakeTimeout === undefined) return tls;
  if (typeof tls !== "function") return { ...tls, handshakeTimeout };
  let given: TlsServerOptions | null = null;
  let completed: TlsServerOptions;
  return () => {
    const now = tls();
    if (now !== given) completed = { ...now, handshakeTimeout };
    given = now;
    return completed;
  };
}

function shutDownOn(signal: AbortSignal | undefined, server: Server): void {
  if (signal === undefined) return;
  const stop = () => void server.shutdown();
  signal.addEventListener("abort", stop, { once: true });
  const release = () => signal.removeEventListener("abort", stop);
  server.finished.then(release, release);
}
