import type { History, Sample } from "../../../src/debug/feed-messages.js";

/** How far back the plots go, in milliseconds. */
export const PLOTTED = 3_600_000;

/** A series in words and numbers. */
export interface Summary {
  readonly now: number;
  readonly mean: number;
  readonly max: number;
}

/**
 * The samples of the last hour, oldest first, one for each interval of the history: live ones come more often, and the
 * latest stands for its interval. So an hour is never more points than the history has.
 */
export class SampleSeries {
  #samples: Sample[] = [];
  #interval = 1000;
  /** When the interval of the last point began. */
  #pointAt = 0;

  get samples(): readonly Sample[] {
    return this.#samples;
  }

  /** Begins anew with what the host remembers. */
  reset({ interval, samples }: History): void {
    this.#interval = interval;
    this.#samples = [...samples];
    this.#pointAt = samples.at(-1)?.at ?? 0;
  }

  add(sample: Sample): void {
    if (sample.at - this.#pointAt < this.#interval && this.#samples.length > 0) {
      this.#samples[this.#samples.length - 1] = sample;
    } else {
      this.#samples.push(sample);
      this.#pointAt = sample.at;
    }
    const oldest = sample.at - PLOTTED;
    const keep = this.#samples.findIndex(({ at }) => at >= oldest);
    if (keep > 0) this.#samples.splice(0, keep);
  }

  /** @returns `null` before the first sample. */
  summarize(value: (sample: Sample) => number): Summary | null {
    const last = this.#samples.at(-1);
    if (last === undefined) return null;
    let sum = 0;
    let max = 0;
    for (const sample of this.#samples) {
      const each = value(sample);
      sum += each;
      max = Math.max(max, each);
    }
    return { now: value(last), mean: sum / this.#samples.length, max };
  }
}
