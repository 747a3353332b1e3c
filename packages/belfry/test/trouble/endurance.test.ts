import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, it } from "node:test";
import type { HostStatus } from "../../src/inspect/host-view.js";
import { ask, connected, control, type TestHost, withHost } from "./hosts.js";

/** How often, as 200 and 100 for a thorough run. */
const { BELFRY_RELOADS = "6", BELFRY_CRASHES = "6" } = process.env;
const RELOADS = Number(BELFRY_RELOADS);
const CRASHES = Number(BELFRY_CRASHES);
/** Rounds that count as warming up. */
const WARM = 3;
const ECHO = { use: "echo", listen: "127.0.0.1:0", maxConns: 10, maxConnsPerAddress: 10 };
const CONFIG = { workers: 2, reloadGrace: "10ms", shutdownTimeout: "100ms", services: { echo: ECHO } };

interface Measured {
  readonly descriptors: number;
  /** Bytes; 0 where nobody tells. */
  readonly heap: number;
}

/** What the supervisor has, once it has only its workers. */
async function measure(host: TestHost, count: number): Promise<Measured> {
  await host.until(({ workers, isReady }) => isReady && workers.length === count);
  const { body } = await host.get("/metrics");
  const heap = /^v8js_memory_heap_used_bytes\{worker="supervisor"\} (\S+)$/m.exec(body)?.[1] ?? "0";
  const descriptors = process.platform === "linux" ? readdirSync(`/proc/${host.process.child.pid}/fd`).length : 0;
  return { descriptors, heap: Number(heap) };
}

function assertNoGrowth(before: Measured, after: Measured, rounds: number): void {
  // The test's own connections to the debug server come and go.
  assert.ok(
    after.descriptors <= before.descriptors + 4,
    `${before.descriptors} descriptors, then ${after.descriptors}`,
  );
  const growth = after.heap - before.heap;
  // Garbage is collected now and then: this much is garbage, whatever the number of rounds.
  assert.ok(growth < 24 * 2 ** 20, `${growth} bytes more after ${rounds} rounds`);
}

async function answers(host: TestHost): Promise<void> {
  const socket = await connected(await host.port("echo"));
  assert.equal(await ask(socket, "hello"), "hello");
  socket.destroy();
}

describe("a supervisor in the long run", () => {
  it(`holds no more after ${RELOADS} reloads`, { timeout: 60_000 + RELOADS * 5000 }, () =>
    withHost({ config: CONFIG }, async (host) => {
      let before: Measured | null = null;
      for (let round = 1; round <= RELOADS; round += 1) {
        // Also sockets, limits and names that come and go.
        const services = round % 2 === 0 ? { echo: ECHO } : { echo: ECHO, more: { ...ECHO, maxConns: round } };
        host.write("belfry.config.json", { ...CONFIG, services });
        await control(host, { command: "reload" });
        if (round === WARM) before = await measure(host, 2);
      }
      await answers(host);
      assertNoGrowth(before as Measured, await measure(host, 2), RELOADS);
      assert.equal((await host.status()).reloads.succeeded, RELOADS);
    }),
  );

  it(`holds no more after ${CRASHES} crashes of workers`, { timeout: 60_000 + CRASHES * 15_000 }, () =>
    withHost({ config: { ...CONFIG, workers: 4 } }, async (host) => {
      await host.port("echo");
      let before: Measured | null = null;
      for (let crash = 1; crash <= CRASHES; crash += 1) {
        await answers(host);
        const { workers } = await host.until(({ workers: all }) => all.length === 4);
        // The one that has lived longest: its like is replaced without a wait.
        const oldest = workers.reduce((one, other) => (one.number < other.number ? one : other));
        process.kill(oldest.pid, "SIGKILL");
        await host.until((now: HostStatus) => now.crashes === crash);
        if (crash === WARM) before = await measure(host, 4);
      }
      assertNoGrowth(before as Measured, await measure(host, 4), CRASHES);
    }),
  );
});
