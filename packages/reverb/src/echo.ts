import { type Conn, copy, DeadlineError } from "@belfry/net";
import type { Service } from "@belfry/server";

/** How long a client must be quiet, once the server drains, for nothing of it to be under way any more. */
const QUIET = 100;

/**
 * An echo: sends every byte back as it came, and ends its half when the client has ended its own.
 *
 * At most 64 KiB of a connection are in hand, so a client that does not read is not read from. On a drain the service
 * goes on until the client has ended its half or sent nothing for 100 ms: what was under way comes back.
 *
 * @example
 * ```ts
 * import { echo } from "@belfry/reverb";
 * import { serve } from "@belfry/server";
 *
 * const server = await serve({ port: 0 }, echo());
 * await server.shutdown();
 * ```
 */
export function echo(): Service {
  return async (conn, { draining }) => {
    try {
      await copy(conn, conn, { signal: draining });
      await conn.closeWrite();
    } catch (error) {
      if (!draining.aborted || error !== draining.reason) throw error;
      await echoUntilQuiet(conn);
    }
  };
}

async function echoUntilQuiet(conn: Conn): Promise<void> {
  try {
    for (;;) {
      conn.setReadDeadline(Date.now() + QUIET);
      const bytes = await conn.read();
      if (bytes === null) return;
      await conn.write(bytes);
    }
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
  }
}
