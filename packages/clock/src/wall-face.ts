/**
 * How a clock is doing: not reached yet, telling the time, connected but silent, or not reachable. A lost clock is tried
 * again by itself and stays lost until it has told a time.
 */
export type WallState = "connecting" | "ticking" | "stalled" | "lost";

/** What a wall shows of one clock at one moment. */
export interface WallFace {
  readonly name: string;
  readonly address: string;
  readonly state: WallState;
  /** When it came into this state: milliseconds since the epoch. */
  readonly since: number;
  /** The last time it told, as it told it, without what a terminal would obey; `null` before the first. */
  readonly time: string | null;
  /** Why it is lost or stalled, in a few words; `null` otherwise. */
  readonly error: string | null;
}
