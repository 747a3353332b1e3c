import { BrokenError, ClosedError, type Conn, DeadlineError, type dial, lines } from "@belfry/net";
import { onAbort } from "@belfry/sync";
import type { WallClock } from "./wall-clock.js";
import type { WallFace, WallState } from "./wall-face.js";

/** What a wall lets its clocks be followed with; all times in milliseconds. */
export interface FollowerSettings {
  readonly dial: typeof dial;
  readonly now: () => number;
  readonly schedule: (callback: () => void, delay: number) => () => void;
  readonly dialTimeout: number;
  readonly stallAfter: number;
  readonly redialAfter: number;
  readonly minRetryDelay: number;
  readonly maxRetryDelay: number;
}

/** A line longer than this is no time of day. */
const MAX_LINE = 256;
/** What of a line is shown. */
const MAX_TIME = 40;

/** Follows one clock for as long as its task runs: dials, reads, and dials again. */
export class Follower {
  face: WallFace;
  readonly #settings: FollowerSettings;
  readonly #onChange: (face: WallFace) => void;
  #cancelSilence: (() => void) | null = null;

  constructor(clock: WallClock, settings: FollowerSettings, onChange: (face: WallFace) => void) {
    this.#settings = settings;
    this.#onChange = onChange;
    this.face = { ...clock, state: "connecting", since: settings.now(), time: null, error: null };
  }

  /** Returns when `signal` aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { minRetryDelay, maxRetryDelay } = this.#settings;
    let delay = minRetryDelay;
    while (!signal.aborted) {
      const hasTicked = await this.#follow(signal);
      if (hasTicked) delay = minRetryDelay;
      await this.#pause(delay, signal);
      delay = Math.min(delay * 2, maxRetryDelay);
    }
  }

  /** One connection, from dialling to its end. Tells whether the clock told a time. */
  async #follow(signal: AbortSignal): Promise<boolean> {
    let hasTicked = false;
    let conn: Conn | null = null;
    const off = onAbort(signal, () => conn?.abort());
    try {
      conn = await this.#settings.dial(this.face.address, { timeout: this.#settings.dialTimeout, signal });
      const silent = this.#watchSilence(conn);
      silent();
      for await (const line of lines(conn, { maxLength: MAX_LINE })) {
        if (signal.aborted) return hasTicked;
        silent();
        hasTicked = true;
        this.#show("ticking", null, printable(line).slice(0, MAX_TIME));
      }
      if (!signal.aborted) this.#show("lost", "the clock hung up");
    } catch (error) {
      if (!signal.aborted) this.#show("lost", describe(error));
    } finally {
      off();
      this.#cancelSilence?.();
      this.#cancelSilence = null;
      conn?.abort();
    }
    return hasTicked;
  }

  /** What starts the wait for the next line anew: first the clock is shown as stalled, then it is given up. */
  #watchSilence(conn: Conn): () => void {
    const { schedule, stallAfter, redialAfter } = this.#settings;
    const giveUp = (): void => conn.abort(new Error(`silent for ${redialAfter / 1000} s`));
    const stall = (): void => {
      this.#show("stalled", `silent for ${stallAfter / 1000} s`);
      this.#cancelSilence = schedule(giveUp, Math.max(redialAfter - stallAfter, 0));
    };
    return () => {
      this.#cancelSilence?.();
      this.#cancelSilence = schedule(stall, stallAfter);
    };
  }

  #pause(delay: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const off = onAbort(signal, () => {
        cancel();
        resolve();
      });
      const cancel = this.#settings.schedule(() => {
        off();
        resolve();
      }, delay);
    });
  }

  /** Another failed try of a clock that is lost already is no news. */
  #show(state: WallState, error: string | null, time = this.face.time): void {
    if (state === "lost" && state === this.face.state && error === this.face.error) return;
    const since = state === this.face.state ? this.face.since : this.#settings.now();
    this.face = { ...this.face, state, since, time, error };
    this.#onChange(this.face);
  }
}

/** A line from the network may hold what a terminal would obey. */
function printable(line: string): string {
  return line.replaceAll(/\p{C}/gu, "").trim();
}

/** What went wrong, without what the table says beside it: the clock's address and the system's code. */
function describe(error: unknown): string {
  if (error instanceof DeadlineError) return "no answer in time";
  if (error instanceof ClosedError && error.cause instanceof Error) return error.cause.message;
  const text = error instanceof Error ? error.message : String(error);
  const [, reason = text] = error instanceof BrokenError ? (/: (?:E[A-Z_]+ )?(.+)$/s.exec(text) ?? []) : [];
  return printable(reason);
}
