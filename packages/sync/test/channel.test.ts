import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Channel } from "../src/channel.js";
import { ClosedError } from "../src/errors.js";
import { settle, watch } from "./outcome.js";

describe("Channel", () => {
  it("turns away a capacity that is negative, fractional or not finite", () => {
    for (const capacity of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => new Channel(capacity), RangeError);
    }
  });

  it("is a rendezvous by default", () => {
    const channel = new Channel<number>();
    assert.equal(channel.capacity, 0);
    assert.equal(channel.trySend(1), false);
    assert.equal(channel.tryReceive(), undefined);
  });

  it("keeps up to its capacity and counts it", () => {
    const channel = new Channel<number>(2);
    assert.deepEqual([channel.trySend(1), channel.trySend(2), channel.trySend(3)], [true, true, false]);
    assert.equal(channel.size, 2);
    assert.deepEqual(channel.tryReceive(), { value: 1, done: false });
    assert.equal(channel.size, 1);
  });

  it("keeps the order when its buffer has grown and gone round", async () => {
    const channel = new Channel<number>(20);
    const got: number[] = [];
    for (let round = 0; round < 10; round++) {
      for (let i = 0; i < 13; i++) assert.equal(channel.trySend(round * 13 + i), true);
      if (round % 2 === 0) got.push(...(await channel.receiveMany()));
      else for (let i = 0; i < 13; i++) got.push(channel.tryReceive()?.value as number);
    }
    assert.deepEqual(
      got,
      Array.from({ length: 130 }, (_, i) => i),
    );
  });

  it("carries undefined as a value", async () => {
    const channel = new Channel<undefined>(1);
    await channel.send(undefined);
    assert.deepEqual(await channel.receive(), { value: undefined, done: false });
  });

  it("ends a for await loop when it is closed and drained", async () => {
    const channel = new Channel<number>(3);
    for (const value of [1, 2, 3]) channel.trySend(value);
    channel.close();
    const got: number[] = [];
    for await (const value of channel) got.push(value);
    assert.deepEqual(got, [1, 2, 3]);
  });

  it("stays open when a for await loop is left", async () => {
    const channel = new Channel<number>(3);
    for (const value of [1, 2]) channel.trySend(value);
    for await (const value of channel) {
      assert.equal(value, 1);
      break;
    }
    assert.equal(channel.isClosed, false);
    assert.deepEqual(channel.tryReceive(), { value: 2, done: false });
  });

  it("gives each value to one of several loops", async () => {
    const channel = new Channel<number>();
    const got: number[] = [];
    const loop = async (): Promise<void> => {
      for await (const value of channel) got.push(value);
    };
    const loops = [loop(), loop(), loop()];
    for (let i = 0; i < 30; i++) await channel.send(i);
    channel.close();
    await Promise.all(loops);
    assert.deepEqual(
      got.sort((a, b) => a - b),
      Array.from({ length: 30 }, (_, i) => i),
    );
  });

  it("lets a timer fire while two tasks keep each other busy", async () => {
    const [ping, pong] = [new Channel<number>(), new Channel<number>()];
    const time = new AbortController();
    setTimeout(() => time.abort(), 1);
    const player = (async () => {
      for await (const value of ping) await pong.send(value);
    })();
    while (!time.signal.aborted) {
      await ping.send(1);
      await pong.receive();
    }
    ping.close();
    await player;
  });

  it("lets a timer fire while many pairs of tasks keep each other busy", async () => {
    const time = new AbortController();
    setTimeout(() => time.abort(), 1);
    const pairs = Array.from({ length: 100 }, async () => {
      const channel = new Channel<number>(1);
      while (!time.signal.aborted) {
        await channel.send(1);
        await channel.receive();
      }
    });
    await Promise.all(pairs);
  });
});

describe("Channel.send()", () => {
  it("gives the value to a waiting receiver at once", async () => {
    const channel = new Channel<string>();
    const received = channel.receive();
    assert.equal(channel.trySend("now"), true);
    assert.deepEqual(await received, { value: "now", done: false });
  });

  it("waits while the buffer is full", async () => {
    const channel = new Channel<number>(1);
    await channel.send(1);
    const sent = watch(channel.send(2));
    await settle();
    assert.equal(sent().state, "waiting");
    assert.deepEqual(channel.tryReceive(), { value: 1, done: false });
    await settle();
    assert.equal(sent().state, "resolved");
    assert.equal(channel.size, 1);
  });

  it("serves waiting senders in the order they came", async () => {
    const channel = new Channel<number>();
    const sends = [1, 2, 3].map((value) => channel.send(value));
    assert.deepEqual(
      [1, 2, 3].map(() => channel.tryReceive()?.value),
      [1, 2, 3],
    );
    await Promise.all(sends);
  });

  it("rejects with ClosedError once the channel is closed, and so do sends that wait", async () => {
    const channel = new Channel<number>();
    const waiting = channel.send(1);
    channel.close();
    await assert.rejects(waiting, { name: "ClosedError", code: "ERR_CLOSED" });
    await assert.rejects(channel.send(2), ClosedError);
    assert.throws(() => channel.trySend(3), ClosedError);
    assert.deepEqual(await channel.receive(), { value: undefined, done: true });
  });

  it("rejects with the signal's reason and takes its value back", async () => {
    const channel = new Channel<string>();
    const controller = new AbortController();
    const reason = { why: "changed my mind" };
    const cancelled = watch(channel.send("cancelled", { signal: controller.signal }));
    const kept = channel.send("kept");
    controller.abort(reason);
    await settle();
    assert.deepEqual(cancelled(), { state: "rejected", reason });
    assert.deepEqual(channel.tryReceive(), { value: "kept", done: false });
    await kept;
  });

  it("does nothing when the signal has aborted already", async () => {
    const channel = new Channel<number>(1);
    await assert.rejects(channel.send(1, { signal: AbortSignal.abort("no") }), (reason) => reason === "no");
    assert.equal(channel.size, 0);
  });

  it("is not undone by an abort after it took effect", async () => {
    const channel = new Channel<number>();
    const controller = new AbortController();
    const sent = channel.send(1, { signal: controller.signal });
    assert.deepEqual(channel.tryReceive(), { value: 1, done: false });
    controller.abort();
    await sent;
  });
});

describe("Channel.receive()", () => {
  it("drains what was buffered and then is done", async () => {
    const channel = new Channel<number>(2);
    await channel.send(1);
    channel.close();
    channel.close();
    assert.deepEqual(await channel.receive(), { value: 1, done: false });
    assert.deepEqual(await channel.receive(), { value: undefined, done: true });
    assert.deepEqual(channel.tryReceive(), { value: undefined, done: true });
  });

  it("serves waiting receivers in the order they came, past one that was called off", async () => {
    const channel = new Channel<number>();
    const controller = new AbortController();
    const first = channel.receive();
    const second = watch(channel.receive({ signal: controller.signal }));
    const third = channel.receive();
    controller.abort("off");
    channel.trySend(1);
    channel.trySend(2);
    assert.deepEqual(await first, { value: 1, done: false });
    assert.deepEqual(await third, { value: 2, done: false });
    await settle();
    assert.deepEqual(second(), { state: "rejected", reason: "off" });
  });

  it("is done for every waiting receiver when the channel is closed", async () => {
    const channel = new Channel<number>();
    const waiting = [channel.receive(), channel.receive()];
    channel.close();
    for (const result of await Promise.all(waiting)) assert.deepEqual(result, { value: undefined, done: true });
  });
});

describe("Channel.sendMany()", () => {
  it("sends all in order and waits where there is no room", async () => {
    const channel = new Channel<number>(2);
    const sent = watch(channel.sendMany([1, 2, 3, 4]));
    await settle();
    assert.equal(sent().state, "waiting");
    const got: number[] = [];
    while (got.length < 4) got.push((await channel.receive()).value as number);
    await settle();
    assert.equal(sent().state, "resolved");
    assert.deepEqual(got, [1, 2, 3, 4]);
  });

  it("rejects with the signal's reason and delivers none from there on", async () => {
    const channel = new Channel<number>(2);
    const controller = new AbortController();
    const sent = watch(channel.sendMany([1, 2, 3, 4], { signal: controller.signal }));
    controller.abort("enough");
    await settle();
    assert.deepEqual(sent(), { state: "rejected", reason: "enough" });
    assert.deepEqual([channel.size, channel.tryReceive()?.value, channel.tryReceive()?.value], [2, 1, 2]);
    assert.equal(channel.tryReceive(), undefined);
  });

  it("resolves when the channel is closed just after its last value was taken", async () => {
    const channel = new Channel<number>();
    const sent = channel.sendMany([1, 2]);
    assert.equal((await channel.receive()).value, 1);
    assert.equal((await channel.receive()).value, 2);
    channel.close();
    await sent;
  });

  it("rejects with ClosedError when the channel is closed under way", async () => {
    const channel = new Channel<number>(1);
    const sent = watch(channel.sendMany([1, 2]));
    channel.close();
    await settle();
    assert.equal(sent().state, "rejected");
    assert.deepEqual(await channel.receiveMany(), [1]);
  });
});

describe("Channel.receiveMany()", () => {
  it("takes what is there, from waiting senders too, up to the maximum", async () => {
    const channel = new Channel<number>(2);
    const sends = [1, 2, 3, 4, 5].map((value) => channel.send(value));
    assert.deepEqual(await channel.receiveMany(3), [1, 2, 3]);
    assert.equal(channel.size, 2);
    assert.deepEqual(await channel.receiveMany(), [4, 5]);
    await Promise.all(sends);
  });

  it("waits for the first value and takes along what the running tasks send", async () => {
    const channel = new Channel<number>();
    const batch = channel.receiveMany();
    for (let i = 0; i < 5; i++) await channel.send(i);
    assert.deepEqual(await batch, [0, 1, 2, 3, 4]);
  });

  it("stops taking at the maximum", async () => {
    const channel = new Channel<number>(8);
    const batch = channel.receiveMany(2);
    for (let i = 0; i < 5; i++) channel.trySend(i);
    assert.deepEqual(await batch, [0, 1]);
    assert.equal(channel.size, 3);
  });

  it("is served in its turn", async () => {
    const channel = new Channel<number>();
    const first = channel.receive();
    const second = channel.receiveMany(2);
    const third = channel.receive();
    for (let i = 0; i < 4; i++) channel.trySend(i);
    assert.equal((await first).value, 0);
    assert.deepEqual(await second, [1, 2]);
    assert.equal((await third).value, 3);
  });

  it("gives none exactly when the channel is closed and drained", async () => {
    const channel = new Channel<number>(2);
    const waiting = channel.receiveMany();
    channel.trySend(1);
    channel.close();
    assert.deepEqual(await waiting, [1]);
    assert.deepEqual(await channel.receiveMany(), []);
    const other = new Channel<number>();
    const none = other.receiveMany();
    other.close();
    assert.deepEqual(await none, []);
  });

  it("cannot be called off once it has a value", async () => {
    const channel = new Channel<number>();
    const controller = new AbortController();
    const batch = channel.receiveMany(8, { signal: controller.signal });
    channel.trySend(1);
    controller.abort("too late");
    assert.deepEqual(await batch, [1]);
  });

  it("rejects with the signal's reason and takes nothing", async () => {
    const channel = new Channel<number>(1);
    const controller = new AbortController();
    const batch = watch(channel.receiveMany(8, { signal: controller.signal }));
    controller.abort("off");
    await settle();
    assert.deepEqual(batch(), { state: "rejected", reason: "off" });
    channel.trySend(1);
    assert.equal(channel.size, 1);
  });

  it("turns away a maximum below 1", async () => {
    await assert.rejects(new Channel().receiveMany(0), RangeError);
  });
});

describe("Channel.batches()", () => {
  it("gives every value in order, many at a time", async () => {
    const channel = new Channel<number>(16);
    const sender = (async () => {
      for (let i = 0; i < 1000; i++) await channel.send(i);
      channel.close();
    })();
    const got: number[] = [];
    let batches = 0;
    for await (const values of channel.batches()) {
      batches++;
      got.push(...values);
    }
    await sender;
    assert.deepEqual(
      got,
      Array.from({ length: 1000 }, (_, i) => i),
    );
    assert.ok(batches < 10, `${batches} batches`);
  });
});
