import type { ServiceState } from "../inspect/host-view.js";
import { formatBytes } from "../text/format-bytes.js";
import { formatByteRate, formatCount, formatPerSecond } from "./format.js";
import { type Column, drawGrid, type Sheet } from "./grid.js";
import type { ServiceRates } from "./measure.js";
import type { Style } from "../terminal/paint.js";
import { loud, quiet } from "./tones.js";

const STYLES: Readonly<Record<ServiceState, Style>> = {
  serving: "green",
  suspended: "yellow",
  down: "red",
  draining: "yellow",
  finished: "red",
};
const RATE = "99.9 MiB/s".length;

interface Row extends ServiceRates {
  readonly isSelected: boolean;
}

const mark: Column<Row> = {
  heading: "",
  rank: 0,
  cell: ({ service, isSelected }) => ({ text: isSelected ? "▸" : "●", style: STYLES[service.state] }),
};
const name: Column<Row> = {
  heading: "SERVICE",
  rank: 0,
  least: 8,
  cell: ({ service, isSelected }) => ({ text: service.name, style: isSelected ? ["bold", "underline"] : "bold" }),
};
const state: Column<Row> = {
  heading: "STATE",
  rank: 6,
  floor: "suspended".length,
  cell: ({ service }) => ({ text: service.state, style: STYLES[service.state] }),
};
const connections: Column<Row> = {
  heading: "CONNS",
  rank: 0,
  isRight: true,
  floor: 6,
  cell({ service }) {
    const { connections_open: open } = service.counters;
    const limit = service.maxConns === null ? "" : `/${formatCount(service.maxConns)}`;
    return { text: formatCount(open) + limit, style: quiet(open) };
  },
};
const waiting: Column<Row> = {
  heading: "WAIT",
  rank: 7,
  isRight: true,
  cell({ service }) {
    const { connections_waiting: count } = service.counters;
    return { text: formatCount(count), style: loud(count, "yellow") };
  },
};
const refused: Column<Row> = {
  heading: "REFUSED",
  rank: 4,
  isRight: true,
  cell: ({ refused: count }) => ({ text: formatCount(count), style: loud(count, "yellow") }),
};
const failed: Column<Row> = {
  heading: "FAILED",
  rank: 8,
  isRight: true,
  cell({ service }) {
    const { service_failures_total: count } = service.counters;
    return { text: formatCount(count), style: loud(count, "red") };
  },
};
const address: Column<Row> = {
  heading: "ADDRESS",
  rank: 3,
  least: 15,
  cell: ({ service }) => ({ text: describeAddress(service), style: "dim" }),
};

const RATES: readonly Column<Row>[] = [
  {
    heading: "NEW",
    rank: 5,
    isRight: true,
    floor: RATE,
    cell: ({ accepted }) => ({ text: formatPerSecond(accepted), style: quiet(accepted) }),
  },
  {
    heading: "IN",
    rank: 2,
    isRight: true,
    floor: RATE,
    cell: ({ read }) => ({ text: formatByteRate(read), style: quiet(read) }),
  },
  {
    heading: "OUT",
    rank: 1,
    isRight: true,
    floor: RATE,
    cell: ({ written }) => ({ text: formatByteRate(written), style: quiet(written) }),
  },
];

const TOTALS: readonly Column<Row>[] = [
  {
    heading: "ACCEPTED",
    rank: 5,
    isRight: true,
    cell: ({ service }) => ({ text: formatCount(service.counters.connections_accepted_total) }),
  },
  {
    heading: "READ",
    rank: 2,
    isRight: true,
    cell: ({ service }) => ({ text: formatBytes(service.counters.read_bytes_total) }),
  },
  {
    heading: "WRITTEN",
    rank: 1,
    isRight: true,
    cell: ({ service }) => ({ text: formatBytes(service.counters.written_bytes_total) }),
  },
];

const BEFORE = [mark, name, state, connections, waiting];
const BEHIND = [refused, failed, address];

/**
 * A line for each service with what goes on in it now.
 *
 * @param selected the one that is marked; `null` for none.
 */
export function drawServiceRates(
  services: readonly ServiceRates[],
  sheet: Sheet,
  selected: string | null = null,
): string[] {
  const rows = services.map((rates) => ({ ...rates, isSelected: rates.service.name === selected }));
  return drawGrid([...BEFORE, ...RATES, ...BEHIND], rows, sheet);
}

/** A line for each service with what it has done since it started. */
export function drawServiceTotals(services: readonly ServiceRates[], sheet: Sheet): string[] {
  const rows = services.map((rates) => ({ ...rates, isSelected: false }));
  return drawGrid([...BEFORE, ...TOTALS, ...BEHIND], rows, sheet);
}

function describeAddress({ addresses, isSecure, isProxied }: ServiceRates["service"]): string {
  return [...addresses, ...(isSecure ? ["TLS"] : []), ...(isProxied ? ["PROXY"] : [])].join(" ");
}
