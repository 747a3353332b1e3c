import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Cancellation, onCancel } from "../../src/data/cancellation.js";

describe("Cancellation", () => {
  it("tells the one who waits, and only the latest", () => {
    const cancellation = new Cancellation();
    const told: string[] = [];
    cancellation.onCancel((reason) => told.push(`first ${String(reason)}`));
    cancellation.onCancel((reason) => told.push(`second ${String(reason)}`));
    cancellation.cancel("stop");
    cancellation.cancel("again");
    assert.deepEqual(told, ["second stop"]);
    assert.equal(cancellation.reason, "stop");
  });

  it("tells nobody who has been taken off", () => {
    const cancellation = new Cancellation();
    cancellation.onCancel(() => assert.fail());
    cancellation.onCancel(null);
    cancellation.cancel("stop");
    assert.throws(() => cancellation.throwIfCancelled(), /stop/);
  });

  it("aborts its signal, also one that is asked for later", () => {
    for (const isEarly of [true, false]) {
      const cancellation = new Cancellation();
      const early = isEarly ? cancellation.signal : null;
      cancellation.cancel("stop");
      assert.equal(cancellation.signal, early ?? cancellation.signal);
      assert.equal(cancellation.signal.reason, "stop");
    }
  });

  it("counts any reason, undefined too", () => {
    const cancellation = new Cancellation();
    cancellation.throwIfCancelled();
    cancellation.cancel(undefined);
    assert.ok(cancellation.isCancelled);
  });
});

describe("onCancel()", () => {
  it("tells at once who comes too late, by either way", () => {
    const cancellation = new Cancellation();
    cancellation.cancel("stop");
    const { signal } = cancellation;
    const ways = [
      { signal, bytes: 0 },
      { signal, bytes: 0, onCancel: cancellation.onCancel.bind(cancellation) },
    ];
    for (const progress of ways) {
      const told: unknown[] = [];
      onCancel(progress, (reason) => told.push(reason))();
      assert.deepEqual(told, ["stop"]);
    }
  });
});
