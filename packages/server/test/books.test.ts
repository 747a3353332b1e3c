import type { Conn } from "@belfry/net";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { serve } from "../src/index.js";
import type { Server, Service } from "../src/index.js";
import { MemoryListener } from "./memory-listener.js";

const ACTIONS = [
  "dial",
  "write",
  "end",
  "abort",
  "throw",
  "suspend",
  "resume",
  "turn",
  "kick",
  "grow",
  "shrink",
] as const;

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
  if (action === "kick") return server.kick(server.connections().at(-1)?.id ?? "");
  if (action === "grow") return server.setMaxConns(server.maxConns + 1);
  if (action === "shrink") return server.setMaxConns(Math.max(0, server.maxConns - 1));
  fars.push(...fars.splice(0, 1));
  if (action === "abort") return far?.abort();
  if (action === "end") return void far?.closeWrite().catch(() => {});
  return void far?.write(action === "throw" ? "!" : "x").catch(() => {});
}

/** Policies that say yes at once, later, at most one in two, or fail now and then; each counts whom it has admitted. */
function policies() {
  let asked = 0;
  let admitted = 0;
  const yes = (): boolean => ++admitted > 0;
  const later = (): Promise<void> => new Promise(setImmediate);
  const half = (): boolean => ++asked % 2 === 0;
  return {
    admits: {
      none: undefined,
      atOnce: () => half() && yes(),
      later: async () => later().then(yes),
      mixed: () => (half() ? yes() : later().then(() => half() && yes())),
      failing: () => (half() ? Promise.reject(new Error("as told")) : later().then(yes)),
    },
    count: () => admitted,
  };
}
const POLICIES = ["none", "atOnce", "later", "mixed", "failing"] as const;

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);

describe("the books of a server", () => {
  it("balance, whatever peers and owners do in whatever order", async () => {
    const property = fc.asyncProperty(
      fc.array(fc.constantFrom(...ACTIONS), { maxLength: 60 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 0, max: 2 }),
      fc.constantFrom(...POLICIES),
      async (actions, maxConns, maxWaiting, policy) => {
        const listener = new MemoryListener();
        const { admits, count } = policies();
        const admit = admits[policy];
        let released = 0;
        const onReleased = (): void => void released++;
        const server = await serve({ listener, maxConns, maxWaiting, admit, onReleased }, touchy);
        let opened = 0;
        let closed = 0;
        server.on("opened", () => {
          opened++;
          assert.ok(server.size <= server.maxConns, `${server.size} of ${server.maxConns} are served`);
        });
        server.on("waiting", ({ position }) => assert.ok(position <= maxWaiting, `number ${position} waits`));
        server.on("closed", () => closed++);
        const warned: unknown[] = [];
        const onWarning = (warning: unknown): void => void warned.push(warning);
        process.on("warning", onWarning);
        const fars: Conn[] = [];
        for (const action of actions) await act(action, server, listener, fars);
        const open = server.size;
        const { drained, cut } = await server.shutdown({ timeout: 1000 });
        assert.deepEqual([drained + cut, server.size, server.waiting], [open, 0, 0]);
        const counters = server.counters;
        assert.equal(opened, closed);
        assert.equal(sum(counters.connections_closed_total), closed);
        assert.equal(counters.connections_accepted_total, closed + sum(counters.connections_refused_total));
        // Answers that were under way come in, and process warnings of listeners that threw.
        for (let i = 0; i < 3; i++) await new Promise(setImmediate);
        process.off("warning", onWarning);
        assert.deepEqual(warned, []);
        if (policy !== "none") assert.equal(released, count());
      },
    );
    await fc.assert(property, { numRuns: 400 });
  });
});
