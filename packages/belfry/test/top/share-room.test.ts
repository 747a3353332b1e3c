import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { shareRoom } from "../../src/top/share-room.js";

describe("shareRoom()", () => {
  it("shows everything where there is room", () => {
    const counts = { services: 6, workers: 2, connections: 10 };
    assert.deepEqual(shareRoom(40, counts, 2), { services: 8, workers: 4, connections: 28 });
  });

  it("leaves out workers first", () => {
    const counts = { services: 6, workers: 2, connections: 100 };
    assert.deepEqual(shareRoom(14, counts, 1), { services: 7, workers: 0, connections: 7 });
  });

  it("never gives more than there is", () => {
    const count = fc.nat(1000);
    fc.assert(
      fc.property(fc.nat(200), fc.record({ services: count, workers: count, connections: count }), (room, counts) => {
        const { services, workers, connections } = shareRoom(room, counts, 2);
        assert.ok(services + workers + connections <= room);
        assert.ok(Math.min(services, workers, connections) >= 0);
      }),
    );
  });
});
