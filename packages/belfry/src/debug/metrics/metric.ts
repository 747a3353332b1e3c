import type { SupervisedStatus } from "../processes.js";

/** Values of a metric's labels, by name. */
export type Labels = Readonly<Record<string, string>>;

/** One line of a metric. */
export interface Reading {
  readonly labels: Labels;
  readonly value: number;
}

/** A metric: what it is called, what it means, and how it is read from a host's status. */
export interface Metric {
  readonly name: string;
  /** A counter only rises, and its name ends in `_total`. */
  readonly type: "counter" | "gauge";
  readonly help: string;
  readonly labels: readonly string[];
  read(status: SupervisedStatus): readonly Reading[];
}

/** The reading of a metric without labels; none when there is no value. */
export function single(value: number | boolean | null): readonly Reading[] {
  return value === null ? [] : [{ labels: {}, value: Number(value) }];
}
