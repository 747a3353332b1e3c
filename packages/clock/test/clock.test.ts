import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BrokenError, type Conn, lines, pipe } from "@belfry/net";
import type { Service, ServiceContext } from "@belfry/server";
import { Group, liveTasks } from "@belfry/sync";
import { clock } from "../src/clock.js";
import { Ticker } from "../src/ticker.js";
import { FakeTime } from "./fake-time.js";

const START = Date.UTC(2026, 10, 20, 8, 0, 58);

interface Run {
  readonly client: Conn;
  /** The text that arrives, line by line. */
  readonly next: () => Promise<string | undefined>;
  readonly ended: Promise<void>;
  readonly drain: () => void;
}

/** Runs a service on one end of a pipe, as a server would. */
function run(service: Service): Run {
  const [client, server] = pipe();
  const draining = new AbortController();
  const context: ServiceContext = {
    draining: draining.signal,
    signal: new AbortController().signal,
    group: new Group(),
    id: "clock#1",
  };
  const iterator = lines(client)[Symbol.asyncIterator]();
  const next = async (): Promise<string | undefined> => {
    const result = await iterator.next();
    return result.done === true ? undefined : result.value;
  };
  const ended = (async () => {
    try {
      await service(server, context);
    } finally {
      await server.close();
    }
  })();
  return { client, next, ended, drain: () => draining.abort() };
}

describe("clock()", () => {
  it("sends the time at once and then every second", async () => {
    const time = new FakeTime(START + 500);
    const { next, drain, ended } = run(clock({ timeZone: "Asia/Tokyo", ticker: new Ticker(time) }));
    assert.equal(await next(), "17:00:58");
    time.advance(500);
    assert.equal(await next(), "17:00:59");
    time.advance(1000);
    assert.equal(await next(), "17:01:00");
    drain();
    await ended;
  });

  it("sends each client of every zone its own time from one timer", async () => {
    const time = new FakeTime(START);
    const ticker = new Ticker(time);
    const zones = ["Asia/Tokyo", "UTC", "Asia/Tokyo"];
    const runs = zones.map((timeZone) => run(clock({ timeZone, ticker })));
    assert.deepEqual(await Promise.all(runs.map(({ next }) => next())), ["17:00:58", "08:00:58", "17:00:58"]);
    assert.equal(time.timers, 1);
    time.advance(1000);
    assert.deepEqual(await Promise.all(runs.map(({ next }) => next())), ["17:00:59", "08:00:59", "17:00:59"]);
    for (const { drain } of runs) drain();
    await Promise.all(runs.map(({ ended }) => ended));
    assert.equal(time.timers, 0);
  });

  it("sends a client that comes between a second and its late tick that second once", async () => {
    const time = new FakeTime(START);
    const service = clock({ timeZone: "UTC", ticker: new Ticker(time) });
    const first = run(service);
    assert.equal(await first.next(), "08:00:58");
    time.step(1001);
    const second = run(service);
    assert.equal(await second.next(), "08:00:59");
    time.advance(1000);
    assert.deepEqual([await first.next(), await first.next()], ["08:00:59", "08:01:00"]);
    assert.equal(await second.next(), "08:01:00");
    for (const { drain } of [first, second]) drain();
    await Promise.all([first.ended, second.ended]);
  });

  it("sends the lines of a stall together and in order", async () => {
    const time = new FakeTime(START);
    const { next, drain, ended } = run(clock({ timeZone: "UTC", ticker: new Ticker(time) }));
    time.stall(3000);
    const shown = [await next(), await next(), await next(), await next()];
    assert.deepEqual(shown, ["08:00:58", "08:00:59", "08:01:00", "08:01:01"]);
    drain();
    await ended;
  });

  it("discards what a client sends", async () => {
    const time = new FakeTime(START);
    const { client, next, drain, ended } = run(clock({ timeZone: "UTC", ticker: new Ticker(time) }));
    await client.write("what time is it?\n");
    assert.equal(await next(), "08:00:58");
    time.advance(1000);
    assert.equal(await next(), "08:00:59");
    drain();
    await ended;
  });

  it("goes on for a client that has ended its half", async () => {
    const time = new FakeTime(START);
    const { client, next, drain, ended } = run(clock({ timeZone: "UTC", ticker: new Ticker(time) }));
    await client.closeWrite();
    assert.equal(await next(), "08:00:58");
    time.advance(1000);
    assert.equal(await next(), "08:00:59");
    // Two seconds at once, the end of the first line not yet sent.
    time.advance(2000);
    assert.equal(await next(), "08:01:00");
    assert.equal(await next(), "08:01:01");
    drain();
    await ended;
    assert.equal(await next(), undefined);
  });

  it("begins the next line at once for a client that ends its half later", async () => {
    const time = new FakeTime(START);
    const { client, drain, ended } = run(clock({ timeZone: "UTC", ticker: new Ticker(time) }));
    time.advance(1000);
    let text = "";
    const arrives = async (expected: string): Promise<void> => {
      while (text.length < expected.length) text += String(await client.read());
      assert.equal(text, expected);
    };
    await client.closeWrite();
    await arrives("08:00:58\n08:00:59\n08");
    time.advance(1000);
    await arrives("08:00:58\n08:00:59\n08:01:00\n");
    drain();
    await ended;
  });

  it("finishes a line that it has begun when the clock is set meanwhile", async () => {
    const time = new FakeTime(START);
    const { client, next, drain, ended } = run(clock({ timeZone: "UTC", ticker: new Ticker(time) }));
    time.advance(1000);
    assert.deepEqual([await next(), await next()], ["08:00:58", "08:00:59"]);
    await client.closeWrite();
    time.step(12 * 3_600_000);
    time.advance(1000);
    assert.deepEqual([await next(), await next()], ["08:01:00", "20:01:00"]);
    drain();
    await ended;
  });

  it("ends when the client goes", async () => {
    const time = new FakeTime(START);
    const { client, next, ended } = run(clock({ ticker: new Ticker(time) }));
    await next();
    client.abort();
    await ended;
    assert.equal(time.timers, 0);
  });

  it("fails the connection of a client that does not read, once 4 KiB are queued", async () => {
    const time = new FakeTime(START);
    const [client, server] = pipe();
    const service = clock({ ticker: new Ticker(time) });
    const signal = new AbortController().signal;
    const ended = Promise.resolve(service(server, { draining: signal, signal, group: new Group(), id: "clock#1" }));
    let most = 0;
    const failed = assert.rejects(ended, BrokenError);
    for (let second = 0; second < 20_000 && time.timers > 0; second += 1) {
      time.advance(1000);
      most = Math.max(most, server.bytesQueued);
      await Promise.resolve();
    }
    await failed;
    assert.ok(most > 4096 && most <= 4096 + 9, `${most} bytes queued`);
    assert.equal(time.timers, 0);
    client.abort();
    server.abort();
  });

  it("sends nothing when the server drains already", async () => {
    const [client, server] = pipe();
    const draining = AbortSignal.abort();
    await clock()(server, { draining, signal: draining, group: new Group(), id: "clock#1" });
    await server.close();
    assert.equal(await client.read(), null);
  });

  it("names an unknown zone", () => {
    assert.throws(() => clock({ timeZone: "Mars/Base" }), {
      name: "RangeError",
      message: 'Cannot use time zone "Mars/Base": unknown',
    });
  });

  it("says, as a listed task, that it waits for the tick", async () => {
    const group = new Group({ name: "clock" });
    let running: Run | undefined;
    await group.go(() => {
      running = run(clock());
      return running.ended;
    }, "clock#1");
    await running?.next();
    assert.equal(liveTasks().find(({ name }) => name === "clock#1")?.waitingFor, "tick");
    running?.drain();
    await group.wait();
  });
});
