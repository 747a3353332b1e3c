import { BrokenError } from "@belfry/net";
import type { Conn } from "@belfry/net";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { acceptLoop } from "../src/accept-loop.js";
import { MemoryListener } from "./memory-listener.js";

function systemError(code: string): BrokenError {
  return new BrokenError({ op: "accept" }, Object.assign(new Error(code), { code }));
}

/** Runs the loop on a listener; `arrived` and `failures` fill as it goes. */
function start(onArrived: (conn: Conn) => void = () => {}) {
  const listener = new MemoryListener();
  const stopping = new AbortController();
  const failures: [kind: string, delay: number][] = [];
  const acceptor = {
    arrived: onArrived,
    acceptFailed: (_error: unknown, kind: string, delay: number) => void failures.push([kind, delay]),
  };
  return { listener, stopping, failures, done: acceptLoop(listener, acceptor, stopping.signal) };
}

describe("acceptLoop", () => {
  it("hands over connections until the listener is closed", async () => {
    const arrived: Conn[] = [];
    const { listener, done } = start((conn) => {
      if (arrived.push(conn) === 2) void listener.close();
    });
    listener.dial();
    listener.dial();
    await done;
    assert.equal(arrived.length, 2);
  });

  it("goes on at once after a connection that failed", async () => {
    const { listener, failures, done } = start(() => void listener.close());
    listener.fail(systemError("ECONNABORTED"));
    listener.dial();
    await done;
    assert.deepEqual(failures, [["connection", 0]]);
  });

  it("waits longer with each shortage in a row", async () => {
    const { listener, failures, done } = start(() => void listener.close());
    for (let i = 0; i < 3; i++) listener.fail(systemError("EMFILE"));
    listener.dial();
    await done;
    assert.deepEqual(failures, [
      ["backOff", 5],
      ["backOff", 10],
      ["backOff", 20],
    ]);
  });

  it("ends at once when it is stopped while it waits", async () => {
    const { listener, stopping, done } = start();
    for (let i = 0; i < 12; i++) listener.fail(systemError("ENFILE"));
    await listener.close();
    stopping.abort();
    await done;
  });

  it("throws what makes the listener useless", async () => {
    const { listener, failures, done } = start();
    const error = systemError("EBADF");
    listener.fail(error);
    await assert.rejects(done, (thrown) => thrown === error);
    assert.deepEqual(failures, [["fatal", 0]]);
  });
});
