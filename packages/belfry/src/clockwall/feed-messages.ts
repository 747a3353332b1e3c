import type { WallFace } from "@belfry/clock";

/**
 * What a wall's page is sent by server-sent events from `/wall/feed`: `wall` first, with every clock, then `faces` with
 * the clocks that have changed, at most ten times a second.
 */
export interface WallFeedMessages {
  readonly wall: { readonly faces: readonly WebFace[] };
  readonly faces: { readonly faces: readonly WebFace[] };
}

/** A clock as its page shows it. */
export interface WebFace extends WallFace {
  /** When its last line came, in milliseconds since the epoch; `null` before the first. */
  readonly tickedAt: number | null;
  /**
   * Milliseconds its last tick came after the second it tells, by this machine's clock; negative when it came before.
   * Zones are told apart by whole quarters of an hour, so it is at most 450,000 either way. `null` before the first.
   */
  readonly drift: number | null;
}
