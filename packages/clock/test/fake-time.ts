import type { TickerOptions } from "../src/ticker.js";

interface Timer {
  readonly due: number;
  readonly callback: () => void;
}

/** A wall clock, a clock that is never set and timers, all moved by hand. */
export class FakeTime implements Required<TickerOptions> {
  #wall: number;
  #elapsed = 0;
  readonly #timers = new Set<Timer>();

  /** @param wall milliseconds since the epoch. */
  constructor(wall: number) {
    this.#wall = wall;
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size;
  }

  readonly now = (): number => this.#wall;

  readonly elapsed = (): number => this.#elapsed;

  readonly schedule = (callback: () => void, delay: number): (() => void) => {
    const timer = { due: this.#elapsed + delay, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  /** Lets time pass, with every timer on time. */
  advance(duration: number): void {
    const end = this.#elapsed + duration;
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#pass(timer.due - this.#elapsed);
      this.#fire(timer);
    }
    this.#pass(end - this.#elapsed);
  }

  /** Lets time pass while the process cannot run; timers that fell due fire at the end. */
  stall(duration: number): void {
    this.#pass(duration);
    this.advance(0);
  }

  /** Somebody sets the wall clock. */
  step(duration: number): void {
    this.#wall += duration;
  }

  /** Fires the next timer before its time. */
  fireEarly(by: number): void {
    const timer = this.#next(Number.POSITIVE_INFINITY);
    if (timer === undefined) throw new Error("no timer is set");
    this.#pass(timer.due - by - this.#elapsed);
    this.#fire(timer);
  }

  #next(end: number): Timer | undefined {
    const [first] = [...this.#timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due);
    return first;
  }

  #fire(timer: Timer): void {
    this.#timers.delete(timer);
    timer.callback();
  }

  #pass(duration: number): void {
    if (duration <= 0) return;
    this.#elapsed += duration;
    this.#wall += duration;
  }
}
