import { dial } from "@belfry/net";
import { Group } from "@belfry/sync";
import type { WallClock } from "./wall-clock.js";
import type { WallFace } from "./wall-face.js";
import { Follower, type FollowerSettings } from "./wall-follower.js";

/** Options of {@link wall}; all times in milliseconds. */
export interface WallOptions {
  /** For a name to resolve and a clock to answer. Default 5000. */
  readonly dialTimeout?: number | undefined;
  /** Without a line, after which a clock counts as stalled. Default 3000. */
  readonly stallAfter?: number | undefined;
  /** Without a line, after which a connection is given up and made anew. Default 10,000. */
  readonly redialAfter?: number | undefined;
  /** Before a lost clock is tried again, doubled from try to try. Default 250. */
  readonly minRetryDelay?: number | undefined;
  /** The most that doubling comes to. Default 5000. */
  readonly maxRetryDelay?: number | undefined;
  /** Makes the connections. Default: `dial` of `@belfry/net`. */
  readonly dial?: typeof dial | undefined;
  /** The wall clock: milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** Calls back once after some milliseconds; returns what calls that off. Default `setTimeout`. */
  readonly schedule?: ((callback: () => void, delay: number) => () => void) | undefined;
}

/**
 * Clocks that are being watched, from `wall()` to `close()`.
 *
 * Iterating yields a face whenever a clock tells a time or comes into another state, from then on until the wall is
 * closed. Any number of loops may run at once. One that is slow misses nothing that still holds: of each clock the
 * latest face waits for it, and nothing else does.
 */
export interface Wall extends AsyncIterable<WallFace>, AsyncDisposable {
  /** How each clock is doing now, in the order they were given. */
  readonly faces: readonly WallFace[];
  /** Hangs up on all clocks and ends all loops. Resolves when that is done; idempotent. */
  close(): Promise<void>;
}

/**
 * Watches clocks: connects to each, reads what it tells, and connects again by itself when one is lost.
 *
 * @param clocks with names all different.
 * @throws {TypeError} when two clocks have the same name, naming it.
 * @example
 * ```ts
 * import { clock, wall } from "@belfry/clock";
 * import { serve } from "@belfry/server";
 *
 * const server = await serve({ port: 0 }, clock({ timeZone: "Asia/Tokyo" }));
 * const clocks = wall([{ name: "Tokyo", address: String(server.addr) }]);
 * for await (const face of clocks) {
 *   console.log(face.name, face.state, face.time); // Tokyo ticking 17:00:00
 *   break;
 * }
 * await clocks.close();
 * await server.close();
 * ```
 */
export function wall(clocks: readonly WallClock[], options: WallOptions = {}): Wall {
  const names = new Set<string>();
  for (const { name } of clocks) {
    if (names.has(name)) throw new TypeError(`Cannot watch clock "${name}" twice: names must differ`);
    names.add(name);
  }
  return new LiveWall(clocks, {
    dial: options.dial ?? dial,
    now: options.now ?? Date.now,
    schedule: options.schedule ?? scheduleTimeout,
    dialTimeout: options.dialTimeout ?? 5000,
    stallAfter: options.stallAfter ?? 3000,
    redialAfter: options.redialAfter ?? 10_000,
    minRetryDelay: options.minRetryDelay ?? 250,
    maxRetryDelay: options.maxRetryDelay ?? 5000,
  });
}

function scheduleTimeout(callback: () => void, delay: number): () => void {
  const timer = setTimeout(callback, delay);
  return () => clearTimeout(timer);
}

class LiveWall implements Wall {
  readonly #followers: readonly Follower[];
  readonly #group = new Group({ name: "wall" });
  readonly #viewers = new Set<WallViewer>();
  #isClosed = false;

  constructor(clocks: readonly WallClock[], settings: FollowerSettings) {
    const onChange = (face: WallFace): void => {
      for (const viewer of this.#viewers) viewer.tell(face);
    };
    this.#followers = clocks.map((clock) => new Follower(clock, settings, onChange));
    for (const follower of this.#followers) {
      this.#group.tryGo((signal) => follower.run(signal), follower.face.name);
    }
  }

  get faces(): readonly WallFace[] {
    return this.#followers.map(({ face }) => face);
  }

  [Symbol.asyncIterator](): AsyncIterator<WallFace, undefined> {
    const viewer = new WallViewer(() => this.#viewers.delete(viewer));
    if (this.#isClosed) viewer.end();
    else this.#viewers.add(viewer);
    return viewer;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#group.cancel();
    for (const viewer of this.#viewers) viewer.end();
    await this.#group.wait();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

const END: IteratorResult<WallFace, undefined> = { value: undefined, done: true };

/** One loop over a wall: the changes it has yet to be given, at most one a clock. */
class WallViewer implements AsyncIterator<WallFace, undefined> {
  readonly #leave: () => void;
  readonly #pending = new Map<string, WallFace>();
  readonly #waiting: ((result: IteratorResult<WallFace, undefined>) => void)[] = [];
  #isEnded = false;

  constructor(leave: () => void) {
    this.#leave = leave;
  }

  tell(face: WallFace): void {
    const resolve = this.#waiting.shift();
    if (resolve !== undefined) resolve({ value: face, done: false });
    else this.#pending.set(face.name, face);
  }

  end(): void {
    this.#isEnded = true;
    this.#pending.clear();
    this.#leave();
    for (const resolve of this.#waiting.splice(0)) resolve(END);
  }

  next(): Promise<IteratorResult<WallFace, undefined>> {
    for (const [name, face] of this.#pending) {
      this.#pending.delete(name);
      return Promise.resolve({ value: face, done: false });
    }
    if (this.#isEnded) return Promise.resolve(END);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  return(): Promise<IteratorResult<WallFace, undefined>> {
    this.end();
    return Promise.resolve(END);
  }
}
