import { type Wall, wall, type WallClock, type WallFace, type WallOptions } from "@belfry/clock";
import { Audience, type AudienceOptions } from "../http/audience.js";
import type { EventStream } from "../http/event-stream.js";
import { drift } from "./drift.js";
import type { WallFeedMessages, WebFace } from "./feed-messages.js";

/** Options of {@link WallFeed}; times in milliseconds. */
export interface WallFeedOptions {
  /** For how long clocks are kept when the last client has left. Default 5000. */
  readonly grace?: number | undefined;
  /** Between two looks at which clocks there are. Default 10,000. */
  readonly lookAgain?: number | undefined;
  readonly audience?: AudienceOptions | undefined;
  readonly wall?: WallOptions | undefined;
  /** Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

const GRACE = 5000;
const LOOK_AGAIN = 10_000;
/** Changes are told at most so often: ten times a second. */
const GATHER = 100;

/**
 * Everybody who looks at a wall of clocks in a browser. The clocks are dialled while somebody does: from the first
 * client on, until a moment after the last one has left. All clients share one connection to each clock.
 */
export class WallFeed {
  readonly #findClocks: () => Promise<readonly WallClock[]>;
  readonly #options: WallFeedOptions;
  readonly #now: () => number;
  readonly #audience: Audience;
  /** Clients that have missed changes, and get the whole wall next. */
  readonly #behind = new Set<EventStream>();
  readonly #timers = new Timers();
  #clocks: readonly WallClock[] = [];
  #wall: Wall | null = null;
  #faces = new Map<string, WebFace>();
  #changed = new Set<string>();
  #isClosed = false;

  /** @param findClocks which clocks there are now, with names all different. */
  constructor(findClocks: () => Promise<readonly WallClock[]>, options: WallFeedOptions = {}) {
    this.#findClocks = findClocks;
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#audience = new Audience(options.audience);
  }

  /**
   * Gets ready for one more client: resolves once it is known which clocks there are.
   *
   * @throws {RequestError} 503 when there is no room; and whatever finding the clocks throws.
   */
  async prepare(): Promise<void> {
    this.#audience.checkRoom();
    this.#use(await this.#findClocks());
    this.#audience.checkRoom();
  }

  /** To be called in the turn in which {@link prepare} has resolved. */
  join(stream: EventStream): void {
    this.#audience.add(stream, () => this.#left(stream));
    this.#timers.clear("grace");
    this.#start();
    this.#tellAll(stream);
  }

  /** Hangs up on clients and clocks. Resolves when the clocks are hung up on. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#audience.close();
    await this.#stop();
  }

  #left(stream: EventStream): void {
    this.#behind.delete(stream);
    if (this.#audience.size > 0 || this.#isClosed) return;
    this.#timers.set("grace", this.#options.grace ?? GRACE, () => void this.#stop());
  }

  /** Takes over another set of clocks, where it is another. */
  #use(clocks: readonly WallClock[]): void {
    if (JSON.stringify(clocks) === JSON.stringify(this.#clocks)) return;
    this.#clocks = clocks;
    if (this.#wall === null) return;
    void this.#stop();
    this.#start();
    for (const stream of this.#audience) this.#tellAll(stream);
  }

  #start(): void {
    if (this.#wall !== null || this.#isClosed) return;
    const started = wall(this.#clocks, this.#options.wall);
    this.#wall = started;
    this.#faces = new Map(started.faces.map((face) => [face.name, { ...face, tickedAt: null, drift: null }]));
    void this.#follow(started);
    this.#timers.repeat("again", this.#options.lookAgain ?? LOOK_AGAIN, () => void this.#lookAgain());
  }

  async #stop(): Promise<void> {
    const stopped = this.#wall;
    this.#wall = null;
    this.#changed.clear();
    this.#timers.clearAll();
    await stopped?.close();
  }

  async #follow(followed: Wall): Promise<void> {
    for await (const face of followed) {
      if (followed !== this.#wall) return;
      this.#faces.set(face.name, nextFace(this.#faces.get(face.name), face, this.#now()));
      this.#changed.add(face.name);
      this.#timers.setOnce("gather", GATHER, () => this.#tellChanges());
    }
  }

  /** Never rejects: a host that does not say keeps the clocks it had. */
  async #lookAgain(): Promise<void> {
    try {
      const clocks = await this.#findClocks();
      if (this.#wall !== null) this.#use(clocks);
    } catch {
      // Asked again in a moment.
    }
  }

  #tellChanges(): void {
    const message: WallFeedMessages["faces"] = {
      faces: [...this.#changed].flatMap((name) => this.#faces.get(name) ?? []),
    };
    this.#changed.clear();
    const text = JSON.stringify(message);
    for (const stream of this.#audience) {
      if (this.#behind.has(stream)) this.#tellAll(stream);
      else if (!stream.send("faces", text)) this.#behind.add(stream);
    }
  }

  #tellAll(stream: EventStream): void {
    const message: WallFeedMessages["wall"] = { faces: [...this.#faces.values()] };
    if (stream.send("wall", JSON.stringify(message))) this.#behind.delete(stream);
    else this.#behind.add(stream);
  }
}

/**
 * A face as its page shows it, from the one before.
 *
 * @param now when it came, in milliseconds since the epoch.
 */
export function nextFace(before: WebFace | undefined, face: WallFace, now: number): WebFace {
  const { tickedAt = null, drift: known = null, state } = before ?? {};
  if (face.state !== "ticking" || face.time === null) return { ...face, tickedAt, drift: known };
  // A clock greets whoever connects with the time at any moment of a second: that is no tick to measure by.
  const isGreeting = state !== "ticking" && state !== "stalled";
  return { ...face, tickedAt: now, drift: isGreeting ? known : drift(face.time, now) };
}

/** Timers by name. None keeps the process alive. */
class Timers {
  readonly #timers = new Map<string, NodeJS.Timeout>();

  set(name: string, delay: number, callback: () => void): void {
    this.clear(name);
    const fire = (): void => {
      this.#timers.delete(name);
      callback();
    };
    this.#timers.set(name, setTimeout(fire, delay).unref());
  }

  /** Leaves one that runs already. */
  setOnce(name: string, delay: number, callback: () => void): void {
    if (!this.#timers.has(name)) this.set(name, delay, callback);
  }

  repeat(name: string, delay: number, callback: () => void): void {
    this.clear(name);
    this.#timers.set(name, setInterval(callback, delay).unref());
  }

  clear(name: string): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }

  clearAll(): void {
    for (const name of this.#timers.keys()) this.clear(name);
  }
}
