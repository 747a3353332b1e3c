import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { WebFace } from "../../../src/clockwall/feed-messages.js";
import { apartText, countText, formatDrift, stateText } from "../../../web/src/wall/words.js";

const FACE: WebFace = {
  name: "Tokyo",
  address: "127.0.0.1:8020",
  state: "ticking",
  since: 0,
  time: "12:00:00",
  error: null,
  tickedAt: 0,
  drift: 12.4,
};
const plain = (text: string): string => text.replaceAll("\u2009", " ");

describe("stateText", () => {
  it("says how far a clock is off while it ticks", () => {
    assert.equal(plain(stateText(FACE, 0)), "ticking · +12 ms");
    assert.equal(stateText({ ...FACE, drift: null }, 0), "ticking");
  });

  it("says since when, and why, a clock is lost", () => {
    const lost: WebFace = { ...FACE, state: "lost", since: 1000, error: "connection refused" };
    assert.equal(plain(stateText(lost, 66_000)), "lost for 1 min · connection refused");
  });

  it("says that a clock is silent, or not reached yet", () => {
    assert.equal(plain(stateText({ ...FACE, state: "stalled", error: "silent for 3 s" }, 4000)), "silent for 4 s");
    assert.equal(stateText({ ...FACE, state: "connecting" }, 0), "connecting");
  });
});

describe("formatDrift", () => {
  it("has its sign", () => {
    assert.deepEqual([0, 3, -4, -25_000].map(formatDrift).map(plain), ["+0 ms", "+3 ms", "\u22124 ms", "\u221225 s"]);
  });
});

describe("countText", () => {
  it("says how many tick", () => {
    assert.equal(countText([FACE, { ...FACE, state: "lost" }]), "1 of 2 ticking");
    assert.equal(countText([]), "There is no clock to show");
  });
});

describe("apartText", () => {
  it("says how far those that tick are apart", () => {
    const faces: WebFace[] = [FACE, { ...FACE, drift: -3 }, { ...FACE, state: "lost", drift: 4000 }];
    assert.equal(plain(apartText(faces)), " · 15 ms apart");
  });

  it("says nothing when one ticks alone, or has ticked too little", () => {
    assert.equal(apartText([FACE]), "");
    assert.equal(apartText([FACE, { ...FACE, drift: null }]), "");
  });
});
