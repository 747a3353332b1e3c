import { setTimeout as delay } from "node:timers/promises";
import { EXIT } from "../exit-status.js";
import type { Io } from "../io.js";
import { print } from "../print.js";
import { isColoured } from "../terminal/is-coloured.js";
import { sizeOf } from "../terminal/size-of.js";
import { drawTop } from "./draw-top.js";
import { HostWatch } from "./host-watch.js";
import type { Measured } from "./measure.js";
import { createTopState, orderConnections, type TopState, withLook } from "./top-state.js";

/** What is printed. */
export interface OnceSettings {
  readonly control?: string | undefined;
  /** Milliseconds between the two looks that rates are measured by. */
  readonly interval: number;
  readonly isJson: boolean;
}

/** Where nobody looks: wide enough for everything, and so many of the busiest connections. */
const COLUMNS = 160;
const CONNECTIONS = 20;
/** What stands around the rows of the three tables. */
const FRAME = 16;

/**
 * Prints one picture of a host, or its figures as JSON, with rates over one interval.
 *
 * @returns the exit status.
 * @throws what {@link HostWatch.look} throws.
 */
export async function printOnce(
  { control, interval, isJson }: OnceSettings,
  io: Io,
  signal: AbortSignal,
): Promise<number> {
  const tell = (line: string): void => void io.stderr.write(`${line}\n`);
  const watch = new HostWatch({ control, env: io.env, signal, tell });
  try {
    const query = { order: "rate", service: null } as const;
    const before = createTopState(await watch.look(query), "none");
    await delay(interval, undefined, { signal }).catch(() => signal.throwIfAborted());
    const state = withLook(before, await watch.look(query));
    await print(io.stdout, isJson ? toJson(state) : drawPicture(state, io));
    return EXIT.ok;
  } finally {
    await watch.close();
  }
}

function drawPicture(state: TopState, { stdout, env }: Io): string {
  const { services, workers, look } = state.shown;
  // A plot of one point says nothing.
  return drawTop(
    { ...state, history: [] },
    {
      columns: stdout.isTTY === true ? sizeOf(stdout).columns : COLUMNS,
      rows: services.length + workers.length + Math.min(look.total, CONNECTIONS) + FRAME,
      isColoured: isColoured({ stdout, env }),
      now: look.at,
    },
  );
}

function toJson(state: TopState): string {
  const { look, totals, services, workers }: Measured = state.shown;
  const figures = {
    at: new Date(look.at).toISOString(),
    host: look.status,
    totals,
    services: services.map(({ service, ...rates }) => ({ name: service.name, ...rates })),
    workers: workers.map(({ worker, cpu }) => ({ number: worker.number, cpu })),
    connections: orderConnections(state).map(({ connection, read, written }) => ({ ...connection, read, written })),
    total: look.total,
    ...(look.missing.length > 0 && { missing: look.missing }),
  };
  return `${JSON.stringify(figures, null, 2)}\n`;
}
