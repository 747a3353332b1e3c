import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { limitBursts } from "../../src/log/limit-bursts.js";
import type { Log } from "../../src/log/log.js";
import { logTo } from "./log-to.js";

function memory(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  return { lines, log: logTo((_, message) => void lines.push(message), "info") };
}

const FULL = { level: "warn", what: "echo refused: full", fields: {} } as const;
const OTHER = { level: "warn", what: "echo refused: address", fields: {} } as const;

describe("limitBursts()", () => {
  it("writes 20 of a kind in 10 seconds, and then how many more there were", (t) => {
    t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
    const { log, lines } = memory();
    const bursts = limitBursts(log);
    for (let count = 0; count < 1000; count += 1) bursts.write(FULL, `full ${count}`, {});
    bursts.write(OTHER, "other", {});
    assert.deepEqual([lines.length, lines.at(-2), lines.at(-1)], [21, "full 19", "other"]);
    t.mock.timers.tick(10_000);
    assert.deepEqual([lines.length, lines.at(-1)], [22, "echo refused: full 980 times more in 10.0s"]);
    bursts.write(FULL, "again", {});
    assert.equal(lines.at(-1), "again");
  });

  it("leaves out none of those that come now and then", (t) => {
    t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
    const { log, lines } = memory();
    const bursts = limitBursts(log);
    for (let count = 0; count < 100; count += 1) {
      bursts.write(FULL, `full ${count}`, {});
      t.mock.timers.tick(1000);
    }
    assert.equal(lines.length, 100);
  });

  it("tells of the rest at the end", () => {
    const { log, lines } = memory();
    const bursts = limitBursts(log);
    for (let count = 0; count < 25; count += 1) bursts.write(FULL, "full", {});
    bursts.flush();
    bursts.flush();
    assert.equal(lines.length, 21);
    assert.match(lines.at(-1) as string, /^echo refused: full 5 times more in /);
  });
});
