import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { describe, it } from "node:test";
import { SERVER_CHANNELS } from "../src/channels.js";
import { Emitter } from "../src/emitter.js";

const EVENT = { server: "test" };

describe("Emitter", () => {
  it("tells listeners in the order they came", () => {
    const emitter = new Emitter(SERVER_CHANNELS);
    const seen: number[] = [];
    emitter.on("suspended", () => seen.push(1));
    emitter.on("suspended", () => seen.push(2));
    emitter.emit("suspended", () => EVENT);
    assert.deepEqual(seen, [1, 2]);
  });

  it("makes no event that nobody wants", () => {
    new Emitter(SERVER_CHANNELS).emit("suspended", () => assert.fail("made"));
  });

  it("forgets a listener that was taken off", () => {
    const emitter = new Emitter(SERVER_CHANNELS);
    const off = emitter.on("suspended", () => assert.fail("told"));
    off();
    off();
    emitter.emit("suspended", () => EVENT);
  });

  it("takes the same function twice, and off one at a time", () => {
    const emitter = new Emitter(SERVER_CHANNELS);
    let count = 0;
    const listener = (): void => void count++;
    const off = emitter.on("suspended", listener);
    emitter.on("suspended", listener);
    off();
    emitter.emit("suspended", () => EVENT);
    assert.equal(count, 1);
  });

  it("publishes on the diagnostics channel of the event", () => {
    const published: unknown[] = [];
    const subscriber = (event: unknown): void => void published.push(event);
    subscribe("belfry:server:suspended", subscriber);
    new Emitter(SERVER_CHANNELS).emit("suspended", () => EVENT);
    unsubscribe("belfry:server:suspended", subscriber);
    assert.deepEqual(published, [EVENT]);
  });

  it("turns what a listener throws into a warning and tells the others", async () => {
    const emitter = new Emitter(SERVER_CHANNELS);
    let isTold = false;
    emitter.on("suspended", () => {
      throw new Error("listener's own fault");
    });
    emitter.on("suspended", () => {
      isTold = true;
    });
    const warned = once(process, "warning") as Promise<[Error & { code: string; detail: string }]>;
    emitter.emit("suspended", () => EVENT);
    assert.equal(isTold, true);
    const [warning] = await warned;
    assert.equal(warning.code, "BELFRY_LISTENER");
    assert.match(warning.detail, /listener's own fault/);
  });

  it("turns a rejection of an asynchronous listener into a warning", async () => {
    const emitter = new Emitter(SERVER_CHANNELS);
    emitter.on("suspended", () => Promise.reject(new Error("too late")));
    const warned = once(process, "warning") as Promise<[Error & { detail: string }]>;
    emitter.emit("suspended", () => EVENT);
    assert.match((await warned)[0].detail, /too late/);
  });
});
