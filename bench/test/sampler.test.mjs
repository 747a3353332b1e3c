import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { makeRound, sampleAll } from "../src/sampler.mjs";

/** @import { Entry } from "../src/sampler.mjs" */

/**
 * @param {string} peer
 * @param {{ case?: string, take?: Entry["take"] }} [more]
 * @returns {Entry}
 */
function entry(peer, { case: at = "a", take } = {}) {
  const clean = () => Promise.resolve({ at: 0, rate: 1, cpu: 1, wait: 0, figures: {} });
  return { case: at, peer, take: take ?? clean, samples: [], failure: undefined };
}

const quiet = { reference: "ref", rounds: 3, maxSeconds: 60, log: () => {}, settle: () => Promise.resolve() };

describe("makeRound", () => {
  it("puts the reference first and after every fourth other", () => {
    const entries = ["ref", "p", "q", "r", "s", "t"].map((peer) => entry(peer));
    const round = makeRound(entries, () => true, "ref").map((one) => one.peer);
    assert.deepEqual(
      round.flatMap((peer, i) => (peer === "ref" ? [i] : [])),
      [0, 5],
    );
    assert.deepEqual([...round].sort(), ["p", "q", "r", "ref", "ref", "s", "t"]);
  });

  it("keeps each case together and leaves out what has enough", () => {
    const entries = ["a", "b"].flatMap((at) => ["ref", "p", "q"].map((peer) => entry(peer, { case: at })));
    const round = makeRound(entries, (one) => one.peer !== "q" && one.case === "b", "ref");
    assert.deepEqual(
      round.map((one) => `${one.case} ${one.peer}`),
      ["b ref", "b p"],
    );
  });
});

describe("sampleAll", () => {
  it("samples each until it has enough clean samples", async () => {
    let taken = 0;
    const disturbed = entry("p", {
      take: () => Promise.resolve({ at: 0, rate: 1, cpu: 1, wait: (taken += 1) % 2 === 0 ? 0 : 0.5, figures: {} }),
    });
    await sampleAll([entry("ref"), disturbed], quiet);
    assert.equal(disturbed.samples.length, 6);
  });

  it("gives up an entry that fails three times running, and goes on with the others", async () => {
    const failing = entry("p", { take: () => Promise.reject(new Error("it is gone")) });
    const working = entry("q");
    await sampleAll([entry("ref"), failing, working], quiet);
    assert.equal(failing.failure, "it is gone");
    assert.equal(failing.samples.length, 0);
    assert.equal(working.samples.length, 3);
  });
});
