import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { after } from "../src/after.js";
import { Channel } from "../src/channel.js";
import { Group } from "../src/group.js";
import { liveTasks } from "../src/live-tasks.js";
import { select } from "../src/select.js";
import { Semaphore } from "../src/semaphore.js";
import { settle } from "./outcome.js";

const AT_ONCE = 1000;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Bytes that are still held once everything that can be collected was. */
async function heapUsed(): Promise<number> {
  // Signals are let go by finalizers, which run between collections.
  for (let i = 0; i < 12; i++) {
    collectGarbage();
    await settle();
  }
  return process.memoryUsage().heapUsed;
}

/** Begins `count` waits, cancels them, and fails when more than `allowed` bytes of each stay behind. */
async function checkHeap(
  wait: (signal: AbortSignal) => Promise<unknown>,
  { count = 100_000, allowed = 20 } = {},
): Promise<void> {
  const round = async (): Promise<void> => {
    const controller = new AbortController();
    const waits: Promise<unknown>[] = [];
    for (let i = 0; i < AT_ONCE; i++) waits.push(wait(controller.signal).catch(() => {}));
    controller.abort("off");
    await Promise.all(waits);
    assert.equal(getEventListeners(controller.signal, "abort").length, 0);
  };
  for (let i = 0; i < 10; i++) await round();
  const before = await heapUsed();
  for (let i = 0; i < count / AT_ONCE; i++) await round();
  const grown = (await heapUsed()) - before;
  assert.ok(grown < allowed * count, `${grown} bytes stay after ${count} waits`);
}

describe("a hundred thousand cancelled waits", () => {
  it("leave nothing in a channel", async () => {
    const channel = new Channel<number>();
    await checkHeap((signal) => channel.receive({ signal }));
    assert.equal(channel.trySend(1), false, "no waiter is left");
    await checkHeap((signal) => channel.send(1, { signal }));
    assert.equal(channel.tryReceive(), undefined, "no waiter is left");
  });

  it("leave nothing of a select: no waiter, no timer, no listener on a long-lived signal", async () => {
    const channel = new Channel<number>();
    const server = new AbortController();
    await checkHeap((signal) => select({ channel, stop: server.signal, timeout: after(60_000) }, { signal }));
    assert.equal(channel.trySend(1), false);
    assert.equal(getEventListeners(server.signal, "abort").length, 0);
    const timers = process.getActiveResourcesInfo().filter((name) => name === "Timeout");
    assert.deepEqual(timers, []);
  });

  it("leave nothing of a result of AbortSignal.any", async () => {
    const channel = new Channel<number>();
    const server = new AbortController();
    const wait = (signal: AbortSignal): Promise<unknown> =>
      channel.receive({ signal: AbortSignal.any([server.signal, signal]) });
    // Node 20 and 22 themselves keep 60 to 180 bytes of each such signal; with a listener left on it, it is a kilobyte.
    await checkHeap(wait, { count: 20_000, allowed: 300 });
    assert.equal(getEventListeners(server.signal, "abort").length, 0);
  });

  it("leave nothing in a semaphore", async () => {
    const semaphore = new Semaphore(1);
    await semaphore.acquire();
    await checkHeap((signal) => semaphore.acquire({ signal }));
    assert.equal(semaphore.waiting, 0);
  });

  it("leave nothing of groups under a long-lived signal", async () => {
    const server = new AbortController();
    await checkHeap(
      async () => {
        const group = new Group({ signal: server.signal });
        await group.go(async (signal) => {
          await new Channel<never>().receive({ signal });
        });
        group.cancel("off");
        await group.wait();
      },
      { count: 20_000 },
    );
    assert.equal(getEventListeners(server.signal, "abort").length, 0);
    assert.deepEqual(liveTasks(), []);
  });
});
