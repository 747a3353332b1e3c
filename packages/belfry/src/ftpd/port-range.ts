/** Ports, both included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Reads `50000-50100`, or one port alone.
 *
 * @throws {RangeError} saying what was expected.
 */
export function parsePortRange(text: string): PortRange {
  const [, first = "", last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const from = Number(first);
  const to = Number(last);
  if (first !== "" && from >= 1 && from <= to && to <= 65_535) return { from, to };
  throw new RangeError("expected two ports from 1 to 65535, the lower one first, such as 50000-50100");
}
