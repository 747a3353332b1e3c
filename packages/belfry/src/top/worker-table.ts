import { formatBytes } from "../text/format-bytes.js";
import type { WorkerState } from "../inspect/host-view.js";
import { formatAge } from "../text/format-age.js";
import { formatCount, formatDelay, formatShare } from "./format.js";
import { type Column, drawGrid, type Sheet } from "./grid.js";
import type { WorkerRates } from "./measure.js";
import type { Style } from "../terminal/paint.js";
import { quiet } from "./tones.js";

const STYLES: Readonly<Record<WorkerState, Style>> = {
  starting: "cyan",
  serving: "green",
  draining: "yellow",
  stuck: "red",
};
/** Shares of a core, and seconds, from which on a worker has too much to do. */
const BUSY = 0.9;
const LATE = 0.05;
const VERY_LATE = 0.25;

interface Row extends WorkerRates {
  readonly now: number;
}

const COLUMNS: readonly Column<Row>[] = [
  { heading: "", rank: 0, cell: ({ worker }) => ({ text: "●", style: STYLES[worker.state] }) },
  { heading: "WORKER", rank: 0, isRight: true, cell: ({ worker }) => ({ text: String(worker.number), style: "bold" }) },
  { heading: "PID", rank: 4, isRight: true, floor: 7, cell: ({ worker }) => ({ text: String(worker.pid) }) },
  {
    heading: "STATE",
    rank: 5,
    floor: "starting".length,
    cell: ({ worker }) => ({ text: worker.state, style: STYLES[worker.state] }),
  },
  { heading: "GENERATION", rank: 6, isRight: true, cell: ({ worker }) => ({ text: String(worker.generation) }) },
  {
    heading: "CONNS",
    rank: 0,
    isRight: true,
    floor: 6,
    cell: ({ worker }) => ({ text: formatCount(worker.connections), style: quiet(worker.connections) }),
  },
  {
    heading: "BUSY",
    rank: 1,
    isRight: true,
    floor: 5,
    cell: ({ worker: { loopUtilization: share } }) => ({ text: formatShare(share), style: shareStyle(share) }),
  },
  {
    heading: "LOOP P99",
    rank: 2,
    isRight: true,
    cell: ({ worker: { loopDelay } }) => ({ text: formatDelay(loopDelay.p99), style: delayStyle(loopDelay.p99) }),
  },
  {
    heading: "MEMORY",
    rank: 3,
    isRight: true,
    floor: 8,
    cell: ({ worker }) => ({ text: formatBytes(worker.memory.rss) }),
  },
  {
    heading: "HEAP",
    rank: 8,
    isRight: true,
    floor: 8,
    cell: ({ worker }) => ({ text: formatBytes(worker.memory.heapUsed), style: "dim" }),
  },
  {
    heading: "TASKS",
    rank: 9,
    isRight: true,
    cell: ({ worker }) => ({ text: formatCount(worker.tasks), style: "dim" }),
  },
  {
    heading: "UP",
    rank: 7,
    isRight: true,
    floor: 7,
    cell: ({ worker, now }) => ({ text: formatAge(now - worker.startedAt), style: "dim" }),
  },
];

const CPU: Column<Row> = {
  heading: "CPU",
  rank: 7,
  isRight: true,
  floor: 5,
  cell: ({ cpu }) => ({ text: formatShare(cpu), style: shareStyle(cpu) }),
};

/**
 * A line for each worker.
 *
 * @param now milliseconds since the epoch.
 * @param hasRates whether its share of a core has been measured.
 */
export function drawWorkers(
  workers: readonly WorkerRates[],
  sheet: Sheet,
  { now, hasRates }: { readonly now: number; readonly hasRates: boolean },
): string[] {
  const rows = workers.map((rates) => ({ ...rates, now }));
  const at = COLUMNS.findIndex(({ heading }) => heading === "BUSY");
  return drawGrid(hasRates ? COLUMNS.toSpliced(at, 0, CPU) : COLUMNS, rows, sheet);
}

function shareStyle(share: number | null): Style | undefined {
  return share !== null && share > BUSY ? "red" : quiet(share);
}

function delayStyle(seconds: number): Style | undefined {
  if (seconds > VERY_LATE) return "red";
  return seconds > LATE ? "yellow" : undefined;
}
