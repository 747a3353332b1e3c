import { type Conn, copy, DeadlineError } from "@belfry/net";
import { onDrain, type Service } from "@belfry/server";

/**
 * How long a client must be quiet, once the server drains, for nothing of it to be under way any more; up to twice as long,
 * by chance, so that a thousand quiet clients are not closed in one go, with what they send meanwhile reset.
 */
const QUIET = 100;

/**
 * An echo: sends every byte back as it came, and ends its half when the client has ended its own.
 *
 * At most 64 KiB of a connection are in hand, so a client that does not read is not read from. On a drain the service
 * goes on until the client has ended its half or sent nothing for 100 to 200 ms: what was under way comes back.
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
  return async (conn, context) => {
    let isDraining = false;
    const off = onDrain(context, () => {
      isDraining = true;
      conn.setReadDeadline(Date.now() + QUIET * Math.random());
    });
    try {
      await copy(conn, conn);
      await conn.closeWrite();
    } catch (error) {
      if (!isDraining || !(error instanceof DeadlineError)) throw error;
      await echoUntilQuiet(conn);
    } finally {
      off();
    }
  };
}

async function echoUntilQuiet(conn: Conn): Promise<void> {
  for (;;) {
    let bytes = await readWithin(conn, QUIET * (1 + Math.random()));
    if (bytes === undefined) bytes = await readWhatCame(conn);
    if (bytes === undefined || bytes === null) return;
    await conn.write(bytes);
  }
}

/** @returns `null` at the end, `undefined` when nothing came in so many milliseconds. */
function readWithin(conn: Conn, time: number): Promise<Uint8Array | null | undefined> {
  conn.setReadDeadline(Date.now() + time);
  return readInTime(conn);
}

/** Timers of a busy process fire before what has come meanwhile is read; what is immediate comes after that. */
async function readWhatCame(conn: Conn): Promise<Uint8Array | null | undefined> {
  conn.setReadDeadline(null);
  const end = setImmediate(() => conn.setReadDeadline(Date.now()));
  try {
    return await readInTime(conn);
  } finally {
    clearImmediate(end);
  }
}

async function readInTime(conn: Conn): Promise<Uint8Array | null | undefined> {
  try {
    return await conn.read();
  } catch (error) {
    if (error instanceof DeadlineError) return undefined;
    throw error;
  }
}
