import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { asInherited, LOG_DESCRIPTOR, toInherit } from "../../src/supervisor/worker-sockets.js";

const SOCKETS = [
  { service: "echo", index: 0, descriptor: 21, path: null },
  { service: "clock", index: 1, descriptor: 30, path: "/run/clock" },
];

describe("asInherited", () => {
  it("names the descriptors as they stand behind input, output, errors, the channel and the log", () => {
    const inWorker = new Map(toInherit(SOCKETS).map((descriptor, at) => [4 + at, descriptor]));
    const sockets = asInherited(SOCKETS);
    assert.deepEqual(
      sockets.map(({ service, index, path }) => ({ service, index, path })),
      SOCKETS.map(({ service, index, path }) => ({ service, index, path })),
    );
    const used = sockets.flatMap(({ descriptor, copies }) => [descriptor, ...copies]);
    assert.equal(inWorker.get(LOG_DESCRIPTOR), 2);
    assert.deepEqual([LOG_DESCRIPTOR, ...used], [...inWorker.keys()]);
    for (const [at, { descriptor, copies }] of sockets.entries()) {
      assert.equal(copies.length, 7);
      for (const fd of [descriptor, ...copies]) assert.equal(inWorker.get(fd), SOCKETS[at]?.descriptor);
    }
  });
});
