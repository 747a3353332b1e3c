import type { Ticker } from "./ticker.js";
import { timeOfDay } from "./time-of-day.js";
import type { Viewer } from "./viewer.js";

/** The face of the clock of one zone: everyone who looks at it is sent the same line, made once a second. */
export class Face {
  readonly #ticker: Ticker;
  readonly #format: (second: number) => string;
  readonly #viewers = new Set<Viewer>();
  #second: number | undefined;
  #line: Uint8Array = new Uint8Array();

  /** @throws {RangeError} when the zone is unknown, naming it. */
  constructor(ticker: Ticker, timeZone: string | undefined) {
    this.#ticker = ticker;
    this.#format = timeOfDay(timeZone);
  }

  /** Sends the present second's line at once, and from then on each second's, until `remove`. */
  add(viewer: Viewer): void {
    const second = this.#viewers.size === 0 ? this.#ticker.follow(this.#tell) : this.#ticker.current();
    if (second !== this.#second) this.#set(second);
    this.#viewers.add(viewer);
    viewer.show(this.#line);
  }

  /** Idempotent. */
  remove(viewer: Viewer): void {
    if (this.#viewers.delete(viewer) && this.#viewers.size === 0) this.#ticker.unfollow(this.#tell);
  }

  /** The line of the second after the present one. */
  readonly upcoming = (): Uint8Array => this.#lineAt(this.#ticker.current() + 1);

  readonly #tell = (first: number, last: number): void => {
    let text = "";
    for (let second = first; second < last; second += 1) text += `${this.#format(second)}\n`;
    this.#set(last);
    const lines = text === "" ? this.#line : Buffer.concat([Buffer.from(text), this.#line]);
    for (const viewer of this.#viewers) viewer.show(lines);
  };

  #set(second: number): void {
    this.#second = second;
    this.#line = this.#lineAt(second);
  }

  #lineAt(second: number): Uint8Array {
    return Buffer.from(`${this.#format(second)}\n`);
  }
}
