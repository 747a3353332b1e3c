import { describe, it } from "node:test";
import { withoutLeaks } from "@belfry/testkit";
import { fuzz } from "./fuzz.js";
import type { Ground } from "./world.js";

/**
 * Declares the test of one ground. `BELFRY_FUZZ_SESSIONS` says how many sessions both grounds play together, and
 * `BELFRY_FUZZ_SEED` which; `BELFRY_FUZZ_ONLY` picks a single one.
 */
export function fuzzed(ground: Ground): void {
  const { BELFRY_FUZZ_SESSIONS = "300", BELFRY_FUZZ_SEED = "1", BELFRY_FUZZ_ONLY } = process.env;
  const sessions = Math.ceil(Number(BELFRY_FUZZ_SESSIONS) / 2);
  const seed = Number(BELFRY_FUZZ_SEED);
  const only = BELFRY_FUZZ_ONLY === undefined ? null : Number(BELFRY_FUZZ_ONLY);
  describe(`ftp, fuzzed, files ${ground === "disk" ? "on the disk" : "in memory"}`, () => {
    it(`keeps its word in ${sessions} sessions of seed ${seed}`, { timeout: 600_000 }, () =>
      withoutLeaks(() => fuzz({ ground, seed, sessions, only })),
    );
  });
}
