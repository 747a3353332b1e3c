import type { ConnectionState } from "@belfry/server";
import { formatBytes } from "../text/format-bytes.js";
import { formatAge } from "../text/format-age.js";
import { formatByteRate, NOTHING } from "./format.js";
import { type Column, drawGrid, type Sheet } from "./grid.js";
import type { TopOrder } from "./look.js";
import type { ConnectionRates } from "./measure.js";
import type { Style } from "../terminal/paint.js";
import { loud, quiet } from "./tones.js";

const STYLES: Readonly<Record<ConnectionState, Style>> = {
  waiting: "yellow",
  serving: "green",
  closing: "cyan",
  closed: "dim",
};
const SORTED: Readonly<Record<TopOrder, string>> = { rate: "RATE", in: "IN", out: "OUT", queued: "QUEUED", age: "AGE" };
const RATE = "99.9 MiB/s".length;
const BYTES = "99.9 MiB".length;
const REMOTE = "255.255.255.255:65535".length;

interface Row extends ConnectionRates {
  readonly now: number;
}

const COLUMNS: readonly Column<Row>[] = [
  { heading: "", rank: 0, floor: 1, cell: ({ connection }) => ({ text: "●", style: STYLES[connection.state] }) },
  { heading: "CONNECTION", rank: 0, least: 10, cell: ({ connection }) => ({ text: connection.id, style: "bold" }) },
  { heading: "FROM", rank: 4, least: 15, floor: REMOTE, cell: ({ connection }) => ({ text: remoteOf(connection) }) },
  {
    heading: "AGE",
    rank: 3,
    isRight: true,
    floor: 7,
    cell: ({ connection, now }) => ({ text: formatAge(now - connection.since), style: "dim" }),
  },
  rate("RATE", 5, rateOf),
  rate("IN", 2, ({ read }) => read),
  rate("OUT", 1, ({ written }) => written),
  bytes("READ", 8, ({ connection }) => connection.bytesRead),
  bytes("WRITTEN", 9, ({ connection }) => connection.bytesWritten),
  {
    heading: "QUEUED",
    rank: 6,
    isRight: true,
    floor: BYTES,
    cell: ({ connection: { bytesQueued } }) => ({ text: formatBytes(bytesQueued), style: loud(bytesQueued, "yellow") }),
  },
  { heading: "STATE", rank: 7, cell: ({ connection: { state } }) => ({ text: state, style: STYLES[state] }) },
];

/**
 * A line for each connection.
 *
 * @param order marks the column they are ordered by; it stays, however narrow the window.
 */
export function drawConnections(
  connections: readonly ConnectionRates[],
  sheet: Sheet,
  { order, now }: { readonly order: TopOrder; readonly now: number },
): string[] {
  const sorted = SORTED[order];
  const columns = COLUMNS.map((column) => (column.heading === sorted ? { ...column, rank: 0 } : column));
  const rows = connections.map((rates) => ({ ...rates, now }));
  return drawGrid(columns, rows, sheet, sorted);
}

/** Both directions together; `null` when neither is known. */
export function rateOf({ read, written }: ConnectionRates): number | null {
  return read === null && written === null ? null : (read ?? 0) + (written ?? 0);
}

function rate(heading: string, rank: number, valueOf: (row: Row) => number | null): Column<Row> {
  const cell = (row: Row): { text: string; style: Style | undefined } => {
    const value = valueOf(row);
    return { text: formatByteRate(value), style: quiet(value) };
  };
  return { heading, rank, isRight: true, floor: RATE, cell };
}

function bytes(heading: string, rank: number, valueOf: (row: Row) => number): Column<Row> {
  return {
    heading,
    rank,
    isRight: true,
    floor: BYTES,
    cell: (row) => ({ text: formatBytes(valueOf(row)), style: "dim" }),
  };
}

function remoteOf({ remoteAddr }: ConnectionRates["connection"]): string {
  return remoteAddr === "" || remoteAddr === "unix:" ? NOTHING : remoteAddr;
}
