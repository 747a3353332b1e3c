import type { HostView } from "../inspect/host-view.js";
import type { History, Sample } from "./feed-messages.js";
import { type SupervisedStatus, withSupervisor } from "./processes.js";
import { measure, type Snapshot } from "./sample.js";

/** Milliseconds between two looks at a host while somebody watches. */
const BEAT = 1000;
/** Milliseconds between two samples that are kept. */
const INTERVAL = 2000;
/** An hour of them. */
const KEPT = 1800;

/** A host at one moment, and what has changed since the moment before. */
export interface Beat {
  readonly status: SupervisedStatus;
  readonly sample: Sample;
}

/**
 * Looks at a host again and again with one timer, whoever watches: each second while somebody listens, else each two.
 * Keeps samples of the last hour. The timer does not keep the process alive.
 */
export class Pulse {
  readonly #view: HostView;
  readonly #now: () => number;
  readonly #samples: Sample[] = [];
  readonly #listeners = new Set<(beat: Beat) => void>();
  readonly #timer: NodeJS.Timeout;
  #last: Snapshot | null = null;
  #kept: Snapshot | null = null;
  #isLooking = false;

  /** Looks at once. */
  constructor(view: HostView, now: () => number = Date.now) {
    this.#view = view;
    this.#now = now;
    this.#timer = setInterval(() => void this.beat(), BEAT).unref();
    void this.beat();
  }

  get history(): History {
    return { interval: INTERVAL, samples: this.#samples };
  }

  /** @returns a function that ends it. */
  listen(listener: (beat: Beat) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Looks now if it is time; the timer calls it. Never rejects: a host that does not answer leaves a gap, and is not
   * asked again before it has.
   */
  async beat(): Promise<void> {
    // A timer is early by a little now and then, and late by more.
    const isDue = this.#kept === null || this.#now() - this.#kept.at >= INTERVAL - BEAT / 2;
    if (this.#isLooking || (!isDue && this.#listeners.size === 0)) return;
    this.#isLooking = true;
    try {
      const status = withSupervisor(await this.#view.status());
      this.#take({ at: this.#now(), status }, isDue);
    } catch {
      // It goes down, or is stuck: what is asked of it says so.
    } finally {
      this.#isLooking = false;
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#listeners.clear();
  }

  #take(snapshot: Snapshot, isDue: boolean): void {
    if (isDue) {
      this.#samples.push(measure(this.#kept, snapshot));
      if (this.#samples.length > KEPT) this.#samples.shift();
      this.#kept = snapshot;
    }
    const { status } = snapshot;
    if (this.#listeners.size > 0) {
      const beat = { status, sample: measure(this.#last, snapshot) };
      for (const listener of this.#listeners) listener(beat);
    }
    this.#last = snapshot;
  }
}
