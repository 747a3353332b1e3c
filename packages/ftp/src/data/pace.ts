import { onAbort } from "@belfry/sync";

/** How many milliseconds' worth of bytes go over at once. */
const SLICE = 50;
/** Lateness that is made up for, in milliseconds: more would be a burst. */
const MAX_CREDIT = 100;
/** Waits shorter than this are left to grow, in milliseconds: a timer is no more exact than one. */
const MIN_WAIT = 5;

/** A bound on the bytes of one transfer a second. Each byte is paid for with time after it has gone over. */
export class Pace {
  /** The most bytes to move between two payments. */
  readonly slice: number;
  readonly #rate: number;
  /** When all that has gone over will be paid for, in milliseconds since the epoch. */
  #due = Date.now();

  /**
   * @param rate bytes a second.
   * @throws {RangeError} when it is not more than 0.
   */
  constructor(rate: number) {
    if (!(rate > 0)) throw new RangeError(`Cannot pace at ${rate} bytes a second: expected more than 0`);
    this.#rate = rate;
    this.slice = Math.max(1, Math.floor((rate * SLICE) / 1000));
  }

  /**
   * Pays for bytes that have gone over.
   *
   * @throws `signal.reason` on abort.
   */
  async pay(bytes: number, signal: AbortSignal): Promise<void> {
    const now = Date.now();
    const cost = (bytes * 1000) / this.#rate;
    this.#due = Math.max(this.#due, now - MAX_CREDIT) + cost;
    // The clock was set back.
    if (this.#due > now + cost + SLICE + MIN_WAIT) this.#due = now + cost;
    if (this.#due - now >= MIN_WAIT) await sleep(this.#due - now, signal);
  }

  /** Waits until everything is paid for, so that many small transfers are no faster than a large one. */
  async settle(signal: AbortSignal): Promise<void> {
    const left = this.#due - Date.now();
    if (left >= 1) await sleep(left, signal);
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      forget();
      resolve();
    }, ms);
    const forget = onAbort(signal, (reason) => {
      clearTimeout(timer);
      reject(reason);
    });
  });
}
