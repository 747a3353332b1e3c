import type { Conn } from "@belfry/net";
import type { Group } from "@belfry/sync";

/**
 * What a server runs for each connection: a function from a connection to a promise.
 *
 * When it has returned and the tasks of `context.group` have ended, the server flushes and closes the connection; a
 * service need not close it. When it throws, or a task of the group does, that connection is reset, the server tells of
 * it with a `failed` event, and nothing else is touched. A service with an idle timeout of its own
 * says so with {@link endIdle}.
 *
 * @example
 * ```ts
 * import type { Service } from "@belfry/server";
 *
 * const echo: Service = async (conn) => {
 *   for await (const bytes of conn) await conn.write(bytes);
 * };
 * ```
 */
export type Service = (conn: Conn, context: ServiceContext) => void | Promise<void>;

/**
 * What a service knows besides its connection. Each part is made when it is first asked for, so what a service does not
 * use costs nothing; read the parts from the context or take them apart, as you like.
 */
export interface ServiceContext {
  /**
   * Soft: aborted with a {@link ShutdownError} when the server goes down. Finish what is under way, then return. To let
   * a wait's rejection with this error pass is to return: it is no failure, and the tasks of the group go on. Who is
   * only to be told of it saves a kilobyte a connection with {@link onDrain}.
   */
  readonly draining: AbortSignal;
  /**
   * Hard: stop now. Aborted with a {@link ShutdownError} when the drain has run out of time or the server is closed,
   * with an {@link IdleTimeoutError} when the peer was silent too long, with a {@link KickedError} when it was kicked, with the `BrokenError` once it is known that the
   * peer or the network broke the connection, and with the error when the service or one of its tasks has failed. A
   * service that ends by itself does not abort it.
   */
  readonly signal: AbortSignal;
  /**
   * This connection's tasks: they start together and end together. `signal` cancels them; the first that throws cancels
   * the others and fails the connection. The server waits for them after the service has returned.
   */
  readonly group: Group;
  /**
   * Names this connection in events and listings: the server's name and a number, as in `echo#17`; with the option
   * `instance`, as in `echo#2-17`.
   */
  readonly id: string;
}
