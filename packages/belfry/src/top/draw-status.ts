import type { HostStatus } from "../inspect/host-view.js";
import { formatCount } from "./format.js";
import { drawLine, type Sheet } from "./grid.js";
import { describeHost } from "./host-line.js";
import { measure } from "./measure.js";
import { createPaint } from "../terminal/paint.js";
import { drawServiceTotals } from "./service-table.js";
import { drawWorkers } from "./worker-table.js";

/** What a status is drawn on. */
export interface StatusSheet {
  /** `Infinity` leaves nothing out. */
  readonly columns: number;
  readonly isColoured: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Draws a host as text: a line of its own, a table of its services, a table of its workers, and what went wrong last. */
export function drawStatus(status: HostStatus, { columns, isColoured, now }: StatusSheet): string {
  const sheet: Sheet = { columns, paint: createPaint(isColoured) };
  const { services, workers } = measure(
    { at: now, status, connections: [], service: null, total: 0, missing: [] },
    null,
  );
  const { succeeded, failed, lastError } = status.reloads;
  const counts = [
    { text: `workers crashed: ${formatCount(status.crashes)}` },
    ...(status.startFailures > 0 ? [{ text: `not started: ${formatCount(status.startFailures)}` }] : []),
    { text: `reloads: ${formatCount(succeeded)} succeeded, ${formatCount(failed)} failed` },
  ];
  const problem = lastError === null ? [] : lastError.split("\n").map((line) => `  ${sheet.paint("red", line)}`);
  return [
    "",
    drawLine(describeHost(status, now), sheet, " · "),
    "",
    ...drawServiceTotals(services, sheet),
    "",
    ...drawWorkers(workers, sheet, { now, hasRates: false }),
    "",
    drawLine(counts, sheet, " · "),
    ...problem,
    "",
  ]
    .map((line) => `${line}\n`)
    .join("");
}
