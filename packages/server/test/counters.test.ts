import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Tally } from "../src/counters.js";

describe("Tally.snapshot", () => {
  it("adds the bytes of what is open to those of what is over", () => {
    const tally = new Tally();
    tally.bytesRead = 100;
    tally.bytesWritten = 10;
    const open = new Set([{ conn: { bytesRead: 5, bytesWritten: 7 } }, { conn: { bytesRead: 1, bytesWritten: 0 } }]);
    const counters = tally.snapshot(open, { waiting: 3, backlog: 2 });
    assert.deepEqual([counters.read_bytes_total, counters.written_bytes_total], [106, 17]);
    assert.deepEqual([counters.connections_open, counters.connections_waiting], [2, 3]);
    assert.equal(counters.connections_refused_total.backlog, 2);
  });

  it("does not change afterwards", () => {
    const tally = new Tally();
    const counters = tally.snapshot(new Set(), { waiting: 0, backlog: 0 });
    tally.refused.full++;
    tally.closed.idle++;
    assert.deepEqual([counters.connections_refused_total.full, counters.connections_closed_total.idle], [0, 0]);
  });
});
