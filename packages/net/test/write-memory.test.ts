import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { measureHeap } from "@belfry/testkit";
import type { Conn } from "../src/conn.js";
import { dial } from "../src/dial.js";
import { listen } from "../src/listen.js";

const SIZE = 16 * 2 ** 20;

/** In functions of their own, so that nobody but the connection holds the bytes. */
const WAYS: readonly (readonly [name: string, write: (conn: Conn) => Promise<void>])[] = [
  ["one array", (conn) => conn.write(new Uint8Array(SIZE).fill(7))],
  [
    "several arrays",
    async (conn) => {
      await Promise.all([1, 1, 6].map((share) => conn.write(new Uint8Array((SIZE / 8) * share).fill(7))));
    },
  ],
];

describe("Conn.write", () => {
  for (const [name, write] of WAYS) {
    it(`keeps ${name} that the kernel has not taken, though nobody else does`, async () => {
      const listener = await listen("127.0.0.1:0");
      const [writer, reader] = await Promise.all([dial(listener.addr), listener.accept()]);
      const written = write(writer);
      assert.ok(writer.bytesQueued > 0);
      measureHeap();
      // What was let go would be theirs now.
      const others = Array.from({ length: 8 }, () => new Uint8Array(SIZE).fill(9));
      let length = 0;
      while (length < SIZE) {
        const bytes = await reader.read();
        assert.ok(bytes !== null);
        assert.ok(bytes.every((byte) => byte === 7));
        length += bytes.length;
      }
      await written;
      assert.equal(others.length, 8);
      await Promise.all([writer.close(), reader.close(), listener.close()]);
    });
  }
});
