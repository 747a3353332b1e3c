import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import {
  Function as Callee,
  Label,
  Line,
  Location,
  Mapping,
  Profile,
  Sample,
  StringTable,
  ValueType,
} from "pprof-format";

/** A function on a stack. */
export interface Frame {
  readonly name: string;
  /** A path or URL; empty for what has none. */
  readonly file: string;
  /** Where the function starts, and where it was; counted from 1, 0 for unknown. */
  readonly startLine: number;
  readonly line: number;
}

/** What is measured, and in which unit, such as `["cpu", "nanoseconds"]`. */
export type Measure = readonly [type: string, unit: string];

/** What a profile says of itself. */
export interface ProfileHead {
  readonly measures: readonly Measure[];
  /** Of what {@link period} is. */
  readonly periodType: Measure;
  readonly period: number;
  /** Which of the measures is shown first; default the last. */
  readonly defaultMeasure?: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Milliseconds. */
  readonly duration: number;
  /** What else there is to say of it, which `go tool pprof` shows; `null` for nothing. */
  readonly comment: string | null;
}

const MAPPING = 1;
const NANOSECONDS = 1_000_000;

/** Collects samples and writes them down in pprof's format. @see https://github.com/google/pprof/blob/main/proto/profile.proto */
export class ProfileBuilder {
  readonly #strings = new StringTable();
  readonly #functions = new Map<string, Callee>();
  readonly #locations = new Map<string, Location>();
  readonly #samples: Sample[] = [];

  /** @returns the id of a frame, for {@link add}. */
  locate({ name, file, startLine, line }: Frame): number {
    const callee = this.#describe(name, file, startLine);
    const key = `${callee.id}:${line}`;
    const known = this.#locations.get(key);
    if (known !== undefined) return Number(known.id);
    const id = this.#locations.size + 1;
    const where = new Line({ functionId: callee.id, line });
    this.#locations.set(key, new Location({ id, mappingId: MAPPING, line: [where] }));
    return id;
  }

  /** @param stack ids of frames, the innermost first. @param values one for each measure. */
  add(stack: readonly number[], values: readonly number[], worker: number): void {
    const label = new Label({ key: this.#strings.dedup("worker"), str: this.#strings.dedup(String(worker)) });
    this.#samples.push(new Sample({ locationId: [...stack], value: values.map(Math.round), label: [label] }));
  }

  /** @returns the profile, compressed as pprof expects it. */
  encode(head: ProfileHead): Uint8Array {
    const profile = new Profile({
      sampleType: head.measures.map((measure) => this.#measure(measure)),
      sample: this.#samples,
      mapping: [this.#mapping()],
      location: [...this.#locations.values()],
      function: [...this.#functions.values()],
      stringTable: this.#strings,
      timeNanos: BigInt(Math.round(head.at)) * BigInt(NANOSECONDS),
      durationNanos: Math.round(head.duration * NANOSECONDS),
      periodType: this.#measure(head.periodType),
      period: Math.round(head.period),
      comment: head.comment === null ? [] : [this.#strings.dedup(head.comment)],
      defaultSampleType: head.defaultMeasure === undefined ? 0 : this.#strings.dedup(head.defaultMeasure),
    });
    return gzipSync(profile.encode(), { level: 1 });
  }

  #describe(name: string, file: string, startLine: number): Callee {
    const key = `${name}\n${file}\n${startLine}`;
    const known = this.#functions.get(key);
    if (known !== undefined) return known;
    const id = this.#functions.size + 1;
    const path = toPath(file);
    const shown = this.#strings.dedup(name === "" ? nameless(path, startLine) : name);
    const callee = new Callee({ id, name: shown, systemName: shown, filename: this.#strings.dedup(path), startLine });
    this.#functions.set(key, callee);
    return callee;
  }

  /** Says that everything has its name already, or pprof would look for a binary to find names in. */
  #mapping(): Mapping {
    const filename = this.#strings.dedup("node");
    return new Mapping({ id: MAPPING, filename, hasFunctions: true, hasFilenames: true, hasLineNumbers: true });
  }

  #measure([type, unit]: Measure): ValueType {
    return new ValueType({ type: this.#strings.dedup(type), unit: this.#strings.dedup(unit) });
  }
}

/** Functions without a name would all be one. */
function nameless(path: string, startLine: number): string {
  return path === "" ? "(anonymous)" : `(anonymous ${basename(path)}:${startLine})`;
}

function toPath(file: string): string {
  if (!file.startsWith("file:")) return file;
  try {
    return fileURLToPath(file);
  } catch {
    // Of another system, or with a query that a loader has added.
    return file;
  }
}
