import { onDrain, type Service } from "@belfry/server";
import { traceWait } from "@belfry/sync";
import { Face } from "./face.js";
import { Ticker } from "./ticker.js";
import { Viewer } from "./viewer.js";

/** Options of {@link clock}. */
export interface ClockOptions {
  /** An IANA name such as `"Asia/Tokyo"`. Default: the process's zone, which `TZ` sets. */
  readonly timeZone?: string | undefined;
  /** What tells the seconds. Default: the one timer that all clocks of the process share. */
  readonly ticker?: Ticker | undefined;
}

/** What every viewer waits for. */
const TICK = { describeWait: () => "tick" };

const sharedTicker = new Ticker();
const facesOf = new WeakMap<Ticker, Map<string | undefined, Face>>();

/**
 * A clock: sends `HH:MM:SS\n` at once and then whenever a second of the wall clock begins.
 *
 * No second is skipped and none is sent twice; {@link Ticker} says what becomes of that when the process stalls or the
 * system's clock is set. What the client sends is discarded. A client that has ended its half goes on being served:
 * one that has gone shows itself by the reset that answers the next line. A client that does not read is reset once
 * 4 KiB wait for it beyond what the kernel holds, with a `BrokenError`. On a drain the service returns at once.
 *
 * All clients of all clocks of a process share one timer, and all clients of a zone each second's one buffer.
 *
 * @throws {RangeError} when the zone is unknown, naming it.
 * @example
 * ```ts
 * import { clock } from "@belfry/clock";
 * import { serve } from "@belfry/server";
 *
 * const server = await serve({ port: 0 }, clock({ timeZone: "Asia/Tokyo" }));
 * await server.shutdown();
 * ```
 */
export function clock(options: ClockOptions = {}): Service {
  const face = faceOf(options.ticker ?? sharedTicker, options.timeZone);
  return async (conn, context) => {
    const viewer = new Viewer(conn, face.upcoming);
    let isDraining = false;
    const off = onDrain(context, () => {
      isDraining = true;
      viewer.leave();
    });
    if (isDraining) return;
    try {
      face.add(viewer);
      traceWait(TICK);
      await viewer.left;
    } finally {
      face.remove(viewer);
      off();
    }
  };
}

function faceOf(ticker: Ticker, timeZone: string | undefined): Face {
  let faces = facesOf.get(ticker);
  if (faces === undefined) facesOf.set(ticker, (faces = new Map()));
  let face = faces.get(timeZone);
  if (face === undefined) faces.set(timeZone, (face = new Face(ticker, timeZone)));
  return face;
}
