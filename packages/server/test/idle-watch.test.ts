import assert from "node:assert/strict";
import { describe, it, mock } from "node:test";
import { IdleWatch } from "../src/idle-watch.js";
import type { Watched } from "../src/idle-watch.js";

class Peer implements Watched {
  bytesRead = 0;
  seenBytes = 0;
  silentLooks = -1;
  expiries = 0;

  expire(): void {
    this.expiries++;
  }
}

/** Runs `test` with a watch of 800 ms over `peers`, and a clock that it moves. */
function watching(peers: Peer[], test: (passTime: (ms: number) => void) => void): void {
  mock.timers.enable({ apis: ["setInterval"] });
  const watch = new IdleWatch(800, peers);
  try {
    test((ms) => mock.timers.tick(ms));
  } finally {
    watch.stop();
    mock.timers.reset();
  }
}

describe("IdleWatch", () => {
  it("finds a silent peer between 1 and 1.125 timeouts after it was opened", () => {
    const peer = new Peer();
    watching([peer], (passTime) => {
      passTime(800);
      assert.equal(peer.expiries, 0);
      passTime(120);
      assert.equal(peer.expiries, 1);
    });
  });

  it("finds one that was opened between two looks no earlier", () => {
    const peers: Peer[] = [];
    watching(peers, (passTime) => {
      passTime(950);
      const late = new Peer();
      peers.push(late);
      passTime(800);
      assert.equal(late.expiries, 0);
      passTime(120);
      assert.equal(late.expiries, 1);
    });
  });

  it("starts over with each byte from the peer", () => {
    const peer = new Peer();
    watching([peer], (passTime) => {
      for (let i = 0; i < 20; i++) {
        peer.bytesRead++;
        passTime(700);
      }
      assert.equal(peer.expiries, 0);
      passTime(920 - 700);
      assert.equal(peer.expiries, 1);
    });
  });

  it("tells a peer's expiry once", () => {
    const peer = new Peer();
    watching([peer], (passTime) => {
      passTime(10_000);
      assert.equal(peer.expiries, 1);
    });
  });

  it("looks no more once stopped", () => {
    const peer = new Peer();
    mock.timers.enable({ apis: ["setInterval"] });
    new IdleWatch(800, [peer]).stop();
    mock.timers.tick(10_000);
    mock.timers.reset();
    assert.equal(peer.expiries, 0);
  });
});
