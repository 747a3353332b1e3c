import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { describe, it, mock } from "node:test";
import fc from "fast-check";
import { Touches } from "../../../src/storage/disk/touches.js";
import { WriteQueue } from "../../../src/storage/disk/write-queue.js";
import { StorageError } from "../../../src/storage/storage-error.js";
import { noise } from "../../../src/testing/check.js";
import { temporaryRoot } from "../temporary-root.js";

async function withFile(body: (fd: number, read: () => Buffer) => Promise<void>): Promise<void> {
  const { root, stop } = temporaryRoot();
  const path = join(root, "f");
  const fd = fs.openSync(path, "w");
  try {
    await body(fd, () => fs.readFileSync(path));
  } finally {
    fs.closeSync(fd);
    stop();
  }
}

void describe("WriteQueue", () => {
  void it("writes the same bytes however they are cut and waited for", async () => {
    const lengths = fc.array(fc.tuple(fc.nat(100_000), fc.boolean()), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(lengths, fc.integer({ min: 1, max: 4 }), (pieces, maxCalls) =>
        withFile(async (fd, read) => {
          const queue = new WriteQueue(fd, "/f", { start: 0, maxCalls, touches: new Touches(false) });
          const expected = pieces.map(([length], i) => noise(length, i + 1));
          const running: Promise<void>[] = [];
          for (const [i, [, isWaitedFor]] of pieces.entries()) {
            const writing = queue.write(expected[i] ?? new Uint8Array(0));
            running.push(writing);
            if (isWaitedFor) await writing;
          }
          await queue.drain();
          await Promise.all(running);
          assert.equal(
            queue.end,
            expected.reduce((sum, { length }) => sum + length, 0),
          );
          assert.equal(Buffer.compare(read(), Buffer.concat(expected)), 0);
        }),
      ),
      { numRuns: 40 },
    );
  });

  void it("joins small pieces that wait into one call", () =>
    withFile(async (fd, read) => {
      const [write, writev] = [mock.method(fs, "write"), mock.method(fs, "writev")];
      try {
        const queue = new WriteQueue(fd, "/f", { start: 0, maxCalls: 2, touches: new Touches(false) });
        const running = Array.from({ length: 100 }, () => queue.write(Buffer.from("0123456789")));
        await Promise.all(running);
        assert.deepEqual([write.mock.callCount(), writev.mock.callCount()], [1, 1]);
        assert.equal(read().length, 1000);
      } finally {
        mock.restoreAll();
      }
    }));

  void it("writes large pieces at once where the file system is quick and nothing is under way", () =>
    withFile(async (fd, read) => {
      const pool = mock.method(fs, "write");
      // No call is slow, however busy the machine is.
      mock.method(performance, "now", () => 1000);
      try {
        const queue = new WriteQueue(fd, "/f", { start: 0, maxCalls: 2, touches: new Touches(true) });
        const [first, second, third] = [noise(1 << 20, 1), noise(1 << 20, 2), noise(1 << 20, 3)];
        assert.ok(queue.tryWrite(first));
        assert.equal(Buffer.compare(read(), first), 0);
        assert.equal(pool.mock.callCount(), 0);
        const writing = queue.write(second);
        assert.ok(!queue.tryWrite(third));
        await writing;
        assert.ok(queue.tryWrite(third));
        assert.equal(queue.end, 3 << 20);
        assert.equal(Buffer.compare(read(), Buffer.concat([first, second, third])), 0);
        const remote = new WriteQueue(fd, "/f", { start: 0, maxCalls: 2, touches: new Touches(false) });
        assert.ok(!remote.isPrompt && !remote.tryWrite(first));
      } finally {
        mock.restoreAll();
      }
    }));

  void it("says what kept a piece from being written at once, then and later", () =>
    withFile(async (fd) => {
      mock.method(fs, "writeSync", () => {
        throw Object.assign(new Error("full"), { code: "ENOSPC" });
      });
      try {
        const queue = new WriteQueue(fd, "/f", { start: 0, maxCalls: 2, touches: new Touches(true) });
        const isFull = (error: unknown): boolean => error instanceof StorageError && error.code === "no-space";
        assert.throws(() => queue.tryWrite(noise(1 << 20)), isFull);
        assert.throws(() => queue.tryWrite(noise(1)), isFull);
        await assert.rejects(queue.write(noise(1)), isFull);
        await assert.rejects(queue.drain(), isFull);
      } finally {
        mock.restoreAll();
      }
    }));

  void it("has no more calls under way than it may", () =>
    withFile(async (fd) => {
      const { write } = fs;
      let running = 0;
      let most = 0;
      const counting = (
        ...[given, data, at, length, position, done]: [
          number,
          Buffer,
          number,
          number,
          number,
          (...all: unknown[]) => void,
        ]
      ): void => {
        running += 1;
        most = Math.max(most, running);
        write(given, data, at, length, position, (...all) => {
          running -= 1;
          done(...all);
        });
      };
      mock.method(fs, "write", counting as unknown as typeof fs.write);
      try {
        for (const maxCalls of [1, 2]) {
          most = 0;
          const queue = new WriteQueue(fd, "/f", { start: 0, maxCalls, touches: new Touches(false) });
          await Promise.all(Array.from({ length: 6 }, () => queue.write(noise(1 << 20))));
          assert.equal(most, maxCalls);
        }
      } finally {
        mock.restoreAll();
      }
    }));
});
