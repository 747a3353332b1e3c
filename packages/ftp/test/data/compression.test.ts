import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inflateSync } from "node:zlib";
import { until } from "@belfry/testkit";
import * as fc from "fast-check";
import { deflate, inflate } from "../../src/data/compression.js";
import { lent } from "./pump-kit.js";

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

describe("deflate() and inflate()", () => {
  it("are each other's inverse however the bytes are cut", () =>
    fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 3000 }),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 500 }),
        async (bytes, size, other) => {
          const stream = await collect(deflate(lent(bytes, size)));
          assert.equal(Buffer.compare(inflateSync(stream), bytes), 0);
          assert.equal(Buffer.compare(await collect(inflate(lent(stream, other))), bytes), 0);
        },
      ),
      { numRuns: 30 },
    ));

  it("reject with what their input throws", async () => {
    const failure = new Error("disk on fire");
    async function* failing(): AsyncGenerator<Uint8Array, void> {
      yield await Promise.resolve(new Uint8Array(10));
      throw failure;
    }
    await assert.rejects(collect(deflate(failing())), failure);
  });

  it("end their input when they are left in the middle", async () => {
    let isFinished = false;
    async function* endless(): AsyncGenerator<Uint8Array, void> {
      try {
        for (;;) yield await Promise.resolve(Buffer.alloc(1 << 20));
      } finally {
        isFinished = true;
      }
    }
    for await (const piece of deflate(endless())) {
      assert.ok(piece.byteLength > 0);
      break;
    }
    await until(() => isFinished);
  });
});
