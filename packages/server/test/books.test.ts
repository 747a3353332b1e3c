import type { Conn } from "@belfry/net";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { serve } from "../src/index.js";
import type { Server, Service } from "../src/index.js";
import { MemoryListener } from "./memory-listener.js";

const ACTIONS = ["dial", "write", "end", "abort", "throw", "suspend", "resume", "turn"] as const;

/** Echoes; a client that says "!" makes it throw. */
const touchy: Service = async (conn, { draining, group }) => {
  for (;;) {
    const bytes = await conn.read({ signal: draining });
    if (bytes === null) return;
    if (bytes[0] === 0x21) throw new Error("as told");
    void group.go(() => conn.write(bytes));
  }
};

function act(action: (typeof ACTIONS)[number], server: Server, listener: MemoryListener, fars: Conn[]): unknown {
  const far = fars[0];
  if (action === "dial") return fars.push(listener.dial());
  if (action === "suspend") return server.suspend();
  if (action === "resume") return server.resume();
  if (action === "turn") return new Promise(setImmediate);
  fars.push(...fars.splice(0, 1));
  if (action === "abort") return far?.abort();
  if (action === "end") return void far?.closeWrite().catch(() => {});
  return void far?.write(action === "throw" ? "!" : "x").catch(() => {});
}

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);

describe("the books of a server", () => {
  it("balance, whatever peers and owners do in whatever order", async () => {
    const property = fc.asyncProperty(
      fc.array(fc.constantFrom(...ACTIONS), { maxLength: 60 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 0, max: 2 }),
      async (actions, maxConns, maxWaiting) => {
        const listener = new MemoryListener();
        const server = await serve({ listener, maxConns, maxWaiting }, touchy);
        let opened = 0;
        let closed = 0;
        let mostOpen = 0;
        let mostWaiting = 0;
        server.on("opened", () => {
          opened++;
          mostOpen = Math.max(mostOpen, server.size);
          mostWaiting = Math.max(mostWaiting, server.waiting);
        });
        server.on("closed", () => closed++);
        const fars: Conn[] = [];
        for (const action of actions) await act(action, server, listener, fars);
        const open = server.size;
        const { drained, cut } = await server.shutdown({ timeout: 1000 });
        assert.deepEqual([drained + cut, server.size, server.waiting], [open, 0, 0]);
        const counters = server.counters;
        assert.ok(mostOpen <= maxConns && mostWaiting <= maxWaiting);
        assert.equal(opened, closed);
        assert.equal(sum(counters.connections_closed_total), closed);
        assert.equal(counters.connections_accepted_total, closed + sum(counters.connections_refused_total));
      },
    );
    await fc.assert(property, { numRuns: 200 });
  });
});
