import { Connection } from "./connection.js";
import { IdleTimeoutError } from "./errors.js";
import type { ServiceContext } from "./service.js";

/**
 * Says that the service is about to return because its peer was silent for an idle timeout of the service's own: the
 * connection is flushed and closed as after any return, and counts as `idle`. Nothing happens where the context is not a
 * server's, or the connection ends for another reason.
 *
 * @param idleTimeout milliseconds, for the error that the `closed` event has.
 */
export function endIdle(context: ServiceContext, idleTimeout: number): void {
  if (context instanceof Connection) context.endIdle(new IdleTimeoutError(idleTimeout));
}
