import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import { onAbort } from "../src/abort.js";

describe("onAbort()", () => {
  it("calls back once with the reason", () => {
    const controller = new AbortController();
    const reasons: unknown[] = [];
    onAbort(controller.signal, (reason) => reasons.push(reason));
    controller.abort("why");
    controller.abort("again");
    assert.deepEqual(reasons, ["why"]);
  });

  it("calls back at once when the signal has aborted already", () => {
    const reasons: unknown[] = [];
    const off = onAbort(AbortSignal.abort("before"), (reason) => reasons.push(reason));
    assert.deepEqual(reasons, ["before"]);
    off();
  });

  it("puts one listener on the signal for any number of callbacks, and takes it off with the last", () => {
    const { signal } = new AbortController();
    const offs = Array.from({ length: 100 }, () => onAbort(signal, () => {}));
    assert.equal(getEventListeners(signal, "abort").length, 1);
    const last = offs.pop();
    for (const off of offs) off();
    assert.equal(getEventListeners(signal, "abort").length, 1);
    last?.();
    last?.();
    assert.equal(getEventListeners(signal, "abort").length, 0);
  });

  it("does not call a callback that was taken off, even by another callback", () => {
    const controller = new AbortController();
    const called: string[] = [];
    let offSecond = (): void => {};
    onAbort(controller.signal, () => {
      called.push("first");
      offSecond();
    });
    offSecond = onAbort(controller.signal, () => called.push("second"));
    onAbort(controller.signal, () => called.push("third"));
    controller.abort();
    assert.deepEqual(called, ["first", "third"]);
    assert.equal(getEventListeners(controller.signal, "abort").length, 0);
  });

  it("reports what a callback throws and calls the others", async () => {
    const controller = new AbortController();
    const called: string[] = [];
    onAbort(controller.signal, () => {
      throw new Error("thrown by a callback");
    });
    onAbort(controller.signal, () => called.push("other"));
    const listeners = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    const uncaught = new Promise<Error>((resolve) => process.once("uncaughtException", resolve));
    try {
      controller.abort();
      assert.deepEqual(called, ["other"]);
      assert.equal((await uncaught).message, "thrown by a callback");
    } finally {
      for (const listener of listeners) process.on("uncaughtException", listener);
    }
  });
});
