import { onAbort } from "@belfry/sync";
import { Connection } from "./connection.js";
import type { ServiceContext } from "./service.js";

/**
 * Calls `listener` once when `context.draining` is aborted, at once where it has been. For a service that is only to be
 * told: it costs a running server a reference, where the signal costs a kilobyte a connection.
 *
 * @param context a server's, or any with a signal of its own.
 * @returns takes the listener off again; idempotent.
 * @example
 * ```ts
 * import { onDrain, type Service } from "@belfry/server";
 *
 * const greeter: Service = async (conn, context) => {
 *   const off = onDrain(context, () => void conn.closeRead()); // ends the loop
 *   for await (const bytes of conn) await conn.write(bytes);
 *   off();
 * };
 * ```
 */
export function onDrain(context: ServiceContext, listener: () => void): () => void {
  return context instanceof Connection ? context.onDrain(listener) : onAbort(context.draining, listener);
}
