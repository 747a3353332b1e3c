import type { RateLimiterAbstract } from "rate-limiter-flexible";
import type { BanList } from "./ban-list.js";

/**
 * Bans where a limiter keeps its points. A key is banned while it has more than the limiter's `points`.
 *
 * @param banTime milliseconds.
 */
export function storeBans(limiter: RateLimiterAbstract, banTime: number): BanList {
  return {
    async has(key) {
      const found = await limiter.get(key);
      return found !== null && found.consumedPoints > limiter.points;
    },
    async fail(key) {
      const { consumedPoints } = await limiter.penalty(key);
      // The store counts one by one: of failures at the same time, in any process, one sees this number.
      if (consumedPoints !== limiter.points) return null;
      await limiter.block(key, Math.ceil(banTime / 1000));
      return Date.now() + banTime;
    },
    async forgive(key) {
      const found = await limiter.get(key);
      if (found !== null && found.consumedPoints <= limiter.points) await limiter.delete(key);
    },
  };
}
