import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Writes } from "../../src/data/writes.js";
import { SlowWriter } from "./pump-kit.js";

const data = new Uint8Array(10);

describe("Writes", () => {
  it("counts what is under way, and releases each when it is through", async () => {
    const writes = new Writes(new SlowWriter(), () => assert.fail("nothing failed"));
    let released = 0;
    writes.start(data, () => (released += 1));
    writes.start(data, () => (released += 1));
    assert.deepEqual([writes.count, writes.bytes, released], [2, 20, 0]);
    await writes.settle();
    assert.deepEqual([writes.count, writes.bytes, released], [0, 0, 2]);
    await writes.settle();
  });

  it("tells the first failure, to who waits and to who comes later, and releases nonetheless", async () => {
    const failure = new Error("no space");
    const writer = new SlowWriter();
    writer.delay = () => Promise.reject(failure);
    let failures = 0;
    let released = 0;
    const writes = new Writes(writer, () => (failures += 1));
    writes.start(data, () => (released += 1));
    writes.start(data, () => (released += 1));
    await assert.rejects(writes.next(), failure);
    await assert.rejects(writes.settle(), failure);
    await new Promise(setImmediate);
    await assert.rejects(writes.settle(), failure);
    assert.deepEqual([failures, released, writes.hasFailed], [1, 2, true]);
  });

  it("turns away who waits when it is given up", async () => {
    const reason = new Error("ABOR");
    const writer = new SlowWriter();
    writer.delay = () => new Promise(() => {});
    const writes = new Writes(writer, () => {});
    writes.start(data);
    const waiting = writes.settle();
    writes.fail(reason);
    await assert.rejects(waiting, reason);
  });
});
