import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { measure } from "../../src/top/measure.js";
import { countersWith, lookWith } from "./drawing.js";

describe("measure()", () => {
  it("gives rates per second since the look before", () => {
    const counters = { connections_accepted_total: 10, read_bytes_total: 1000, written_bytes_total: 500 };
    const more = { connections_accepted_total: 14, read_bytes_total: 5000, written_bytes_total: 500 };
    const before = lookWith({ at: 10, services: [{ counters: countersWith(counters) }] });
    const { services, totals } = measure(lookWith({ at: 12, services: [{ counters: countersWith(more) }] }), before);
    assert.deepEqual([services[0]?.accepted, services[0]?.read, services[0]?.written], [2, 2000, 0]);
    assert.equal(totals.read, 2000);
  });

  it("knows no rates at first, nor of a host that has come in the place of another", () => {
    const first = measure(lookWith(), null);
    assert.equal(first.services[0]?.read, null);
    assert.equal(first.totals.read, null);
    assert.equal(measure(lookWith({ at: 11, pid: 1 }), lookWith()).services[0]?.read, null);
  });

  it("knows the rates of a connection that has just begun, and not of one that was not listed before", () => {
    const before = lookWith({ at: 10 });
    const now = lookWith({
      at: 12,
      connections: [
        { id: "new", since: before.at + 500, bytesRead: 600 },
        { id: "old", bytesRead: 600 },
      ],
    });
    assert.deepEqual(
      measure(now, before).connections.map(({ connection, read }) => [connection.id, read]),
      [
        ["new", 300],
        ["old", null],
      ],
    );
  });

  it("shows no rate below nothing when a worker takes its counts away", () => {
    const before = lookWith({ at: 10, services: [{ counters: countersWith({ read_bytes_total: 100 }) }] });
    assert.equal(measure(lookWith({ at: 11 }), before).services[0]?.read, 0);
  });
});
