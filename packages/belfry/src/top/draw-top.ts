import { formatBytes } from "../text/format-bytes.js";
import { drawBlock } from "./draw-block.js";
import { describeMissing } from "../inspect/describe-missing.js";
import { drawConnections } from "./connection-table.js";
import { formatCount, formatDelay, formatPerSecond, formatShare } from "./format.js";
import { type Cell, drawLine, type Sheet } from "./grid.js";
import { HELP } from "./help.js";
import { describeHost } from "./host-line.js";
import type { Measured } from "./measure.js";
import { drawMeters } from "./meters.js";
import type { PictureFrame } from "../terminal/live-picture.js";
import { createPaint } from "../terminal/paint.js";
import { drawServiceRates } from "./service-table.js";
import { shareRoom } from "./share-room.js";
import { orderConnections, type TopState } from "./top-state.js";
import { loud, quiet } from "./tones.js";
import { drawWorkers } from "./worker-table.js";

/** What top is drawn into. */
export interface TopCanvas extends PictureFrame {
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** From so many rows on, what is told in a line of figures has its line. */
const ROOMY = 18;
/** From so many on, tables stand apart. */
const SPACIOUS = 24;
/** The row behind the last line. */
const CURSOR = 1;

/**
 * Draws the whole picture: the host, meters, services, workers, the busiest connections and the keys. No line is wider
 * than the canvas, and one row of it is left to the cursor; what has no room is counted where it would stand.
 *
 * @returns lines, each ended by LF.
 */
export function drawTop(state: TopState, canvas: TopCanvas): string {
  const sheet: Sheet = { columns: canvas.columns, paint: createPaint(canvas.isColoured) };
  const { look, totals } = state.shown;
  const head = [
    drawLine(describeHost(look.status, canvas.now, state.lost), sheet, " · "),
    drawMeters(totals, state.history, sheet),
    ...(canvas.rows >= ROOMY ? [drawLine(describeTotals(state.shown), sheet, " · ")] : []),
  ];
  const keys = describeKeys(state);
  const foot = keys.length === 0 ? [] : ["", drawLine(keys, sheet, " · ")];
  const room = canvas.rows - CURSOR - head.length - foot.length;
  const body = state.isHelp ? drawHelp(room, sheet) : drawTables(state, canvas, room, sheet);
  return [...head, ...body, ...foot].map((line) => `${line}\n`).join("");
}

function describeTotals({ totals, workers }: Measured): Cell[] {
  const { accepted, waiting, refused, failures, loopDelay, memory, cpu, tasks } = totals;
  const serving = workers.filter(({ worker }) => worker.state === "serving").length;
  return [
    { text: `workers ${serving}`, style: serving === 0 ? "red" : undefined },
    { text: `new ${formatPerSecond(accepted)}`, style: quiet(accepted) },
    { text: `waiting ${formatCount(waiting)}`, style: loud(waiting, "yellow") },
    { text: `refused ${formatCount(refused)}`, style: loud(refused, "yellow") },
    { text: `failed ${formatCount(failures)}`, style: loud(failures, "red") },
    { text: `loop p99 ${formatDelay(loopDelay)}` },
    { text: `memory ${formatBytes(memory)}` },
    { text: `CPU ${formatShare(cpu)}`, style: quiet(cpu) },
    { text: `tasks ${formatCount(tasks)}`, style: "dim" },
  ];
}

function describeKeys({ lost, isPaused, ending, order, service, shown }: TopState): Cell[] {
  const notes: Cell[] = [];
  if (lost !== null) {
    notes.push({ text: lost.reason, style: "red" });
  } else if (isPaused) notes.push({ text: "paused", style: ["bold", "yellow"] });
  const notListed = describeMissing(shown.look.missing, "connections");
  if (notListed !== null) notes.push({ text: notListed, style: "yellow" });
  if (ending === "none") return notes;
  if (ending === "interrupt") return [...notes, { text: "Ctrl-C quits", style: "dim" }];
  return [
    ...notes,
    { text: "q quit", style: "dim" },
    { text: "? help", style: "dim" },
    { text: `s sorted by ${order}`, style: "dim" },
    { text: `Tab ${service ?? "all services"}`, style: service === null ? "dim" : "bold" },
    { text: isPaused ? "p go on" : "p pause", style: "dim" },
  ];
}

function drawHelp(room: number, sheet: Sheet): string[] {
  const lines = HELP.map(([keys, text]) => drawLine([{ text: keys.padEnd(14), style: "bold" }, { text }], sheet));
  return ["", ...lines, ""].slice(0, Math.max(room, 0));
}

function drawTables(state: TopState, { now, rows }: TopCanvas, room: number, sheet: Sheet): string[] {
  const { shown, service, order } = state;
  const { look, services, workers } = shown;
  const connections = orderConnections(state);
  // What has been asked for since the look is not counted yet.
  const total = look.service === service ? Math.max(look.total, connections.length) : connections.length;
  const isApart = rows >= SPACIOUS;
  const counts = { services: services.length, workers: workers.length, connections: connections.length };
  const sizes = shareRoom(room, counts, isApart ? 2 : 1);
  const selected = services.findIndex((rates) => rates.service.name === service);
  const listed = connections.slice(0, sizes.connections);
  return [
    ...drawBlock(
      drawServiceRates(services, sheet, service),
      { isApart, size: sizes.services, total: services.length, selected },
      sheet,
    ),
    ...drawBlock(
      drawWorkers(workers, sheet, { now, hasRates: true }),
      { isApart, size: sizes.workers, total: workers.length },
      sheet,
    ),
    ...drawBlock(drawConnections(listed, sheet, { order, now }), { isApart, size: sizes.connections, total }, sheet),
  ];
}
