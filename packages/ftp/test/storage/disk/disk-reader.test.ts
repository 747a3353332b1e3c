import assert from "node:assert/strict";
import fs from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, mock } from "node:test";
import { withoutLeaks } from "@belfry/testkit";
import { transferBuffers } from "../../../src/buffer-pool.js";
import { DiskReader } from "../../../src/storage/disk/disk-reader.js";
import { Touches } from "../../../src/storage/disk/touches.js";
import { diskStorage } from "../../../src/storage/disk-storage.js";
import { StorageError } from "../../../src/storage/storage-error.js";

const SIZE = 3_000_000;
/** The longest segment of TCP there is. */
const SEGMENT = 65_483;

interface Place {
  readonly content: Buffer;
  readonly path: string;
  readonly read: (touches: Touches) => DiskReader;
}

/** Runs with a file of `size` bytes in a folder of its own. */
async function withFile(use: (place: Place) => Promise<void>, size = SIZE): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), "belfry-reader-"));
  const path = join(root, "file");
  try {
    const content = Buffer.alloc(size, Buffer.from(Array.from({ length: 65_521 }, (_, i) => i % 251)));
    await writeFile(path, content);
    const info = await diskStorage(root).stat("/file");
    await use({ content, path, read: (touches) => open(path, touches, info) });
  } finally {
    await rm(root, { recursive: true });
  }
}

function open(path: string, touches: Touches, info: DiskReader["info"]): DiskReader {
  const fd = fs.openSync(path, "r");
  const release = (): Promise<void> => Promise.resolve(fs.closeSync(fd));
  return new DiskReader({ fd, info, path: "/file", start: 0, touches, release });
}

interface Reading {
  readonly lengths: readonly number[];
  readonly mostLent: number;
  readonly content: Buffer;
}

async function readAll(reader: DiskReader): Promise<Reading> {
  const copies: Buffer[] = [];
  let mostLent = 0;
  for await (const chunk of reader) {
    copies.push(Buffer.from(chunk));
    mostLent = Math.max(mostLent, transferBuffers.bytesLent);
  }
  await reader.close();
  assert.equal(transferBuffers.bytesLent, 0);
  return { lengths: copies.map(({ length }) => length), mostLent, content: Buffer.concat(copies) };
}

/** Each read that is made at once takes `ms` milliseconds, and so does no other. */
async function withReadsOf(ms: number, use: (counts: { atOnce: number }) => Promise<void>): Promise<void> {
  let now = 1000;
  const counts = { atOnce: 0 };
  const { readSync } = fs;
  const clock = mock.method(performance, "now", () => now);
  const reads = mock.method(fs, "readSync", (...args: Parameters<typeof readSync>) => {
    now += ms;
    counts.atOnce += 1;
    return readSync(...args);
  });
  try {
    await use(counts);
  } finally {
    clock.mock.restore();
    reads.mock.restore();
  }
}

void describe("DiskReader", () => {
  void it("reads at once what comes quickly, in longer and longer pieces, and nothing ahead", () =>
    withoutLeaks(() =>
      withFile(({ content: written, read }) =>
        withReadsOf(0.1, async (counts) => {
          const pool = mock.method(fs, "read");
          try {
            const { lengths, mostLent, content } = await readAll(read(new Touches(true)));
            assert.equal(Buffer.compare(content, written), 0);
            assert.deepEqual(lengths.slice(0, 4), [SEGMENT, 4 * SEGMENT, 16 * SEGMENT, 16 * SEGMENT]);
            assert.equal(mostLent, 1 << 20);
            assert.equal(pool.mock.callCount(), 0);
            assert.equal(counts.atOnce, lengths.length);
          } finally {
            pool.mock.restore();
          }
        }),
      ),
    ));

  void it("gives the turn back after a MiB or two", () =>
    withoutLeaks(() =>
      withFile(
        ({ read }) =>
          withReadsOf(0.1, async () => {
            let [sinceTurn, most] = [0, 0];
            const begin = (): void => {
              sinceTurn = 0;
              timer = setImmediate(begin);
            };
            let timer = setImmediate(begin);
            const readers = [1, 2, 3].map(() => read(new Touches(true)));
            const readOne = async (reader: DiskReader): Promise<void> => {
              for await (const chunk of reader) most = Math.max(most, (sinceTurn += chunk.length));
              await reader.close();
            };
            await Promise.all(readers.map(readOne));
            clearImmediate(timer);
            assert.ok(most <= 2 << 20, `${most} bytes in one turn`);
          }),
        20_000_000,
      ),
    ));

  void it("leaves to the thread pool what does not come quickly, and reads ahead there", () =>
    withoutLeaks(() =>
      withFile(({ content: written, read }) =>
        withReadsOf(0.5, async (counts) => {
          const { lengths, mostLent, content } = await readAll(read(new Touches(true)));
          assert.equal(Buffer.compare(content, written), 0);
          assert.equal(counts.atOnce, 1);
          assert.equal(lengths[0], SEGMENT);
          assert.equal(Math.max(...lengths), 16 * SEGMENT);
          assert.ok(mostLent > 1 << 20, `${mostLent} bytes lent`);
        }),
      ),
    ));

  void it("tries again behind what was slow, with short pieces, and seldom", () =>
    withoutLeaks(() =>
      withFile(
        ({ content: written, read }) =>
          withReadsOf(0.5, async (counts) => {
            const { content } = await readAll(read(new Touches(true)));
            assert.equal(Buffer.compare(content, written), 0);
            // At 0, and behind 16 MiB; the next would be behind 64 more.
            assert.equal(counts.atOnce, 2);
          }),
        34_000_000,
      ),
    ));

  void it("has all readers of the disk leave theirs to the thread pool behind a read that took long", () =>
    withoutLeaks(() =>
      withFile(({ content: written, read }) =>
        withReadsOf(10, async (counts) => {
          const touches = new Touches(true);
          const readings = await Promise.all([1, 2, 3].map(() => readContent(read(touches))));
          for (const content of readings) assert.equal(Buffer.compare(content, written), 0);
          assert.equal(counts.atOnce, 1);
        }),
      ),
    ));

  void it("reads nothing at once where files are not local", () =>
    withoutLeaks(() =>
      withFile(({ content: written, read }) =>
        withReadsOf(0.1, async (counts) => {
          const { content } = await readAll(read(new Touches(false)));
          assert.equal(Buffer.compare(content, written), 0);
          assert.equal(counts.atOnce, 0);
        }),
      ),
    ));

  for (const isLocal of [true, false]) {
    const way = isLocal ? "at once" : "in the thread pool";

    void it(`reads no more than its share at a time while many do, ${way}`, () =>
      withoutLeaks(() =>
        withFile(async ({ content: written, read }) => {
          const shares = Array.from({ length: 300 }, () => transferBuffers.share());
          try {
            const { lengths, mostLent, content } = await readAll(read(new Touches(isLocal)));
            assert.equal(Buffer.compare(content, written), 0);
            assert.equal(Math.max(...lengths), 4 * SEGMENT);
            assert.ok(mostLent < 134_217_728 / 300, `${mostLent} bytes lent`);
          } finally {
            for (const share of shares) share.close();
          }
        }),
      ));

    void it(`ends where the file ends by then, ${way}`, () =>
      withoutLeaks(() =>
        withFile(({ content: written, path, read }) =>
          withReadsOf(0.1, async () => {
            const changes = [() => fs.truncateSync(path, 1_500_000), () => fs.appendFileSync(path, "more")];
            for (const change of changes) {
              fs.writeFileSync(path, written);
              const reader = read(new Touches(isLocal));
              const first = Buffer.from((await reader.next()).value ?? []);
              change();
              const content = Buffer.concat([first, await readContent(reader)]);
              const isWhole = Buffer.compare(content, fs.readFileSync(path)) === 0;
              // What was read ahead is as it was then.
              assert.ok(isWhole || (!isLocal && content.length <= SIZE), `${content.length} bytes`);
            }
          }),
        ),
      ));

    void it(`tells what keeps it from reading, once, ${way}`, () =>
      withoutLeaks(() =>
        withFile(async ({ read }) => {
          const broken = Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" });
          const atOnce = mock.method(fs, "readSync", () => {
            throw broken;
          });
          const pool = mock.method(fs, "read", (...args: unknown[]) => {
            setImmediate(args.at(-1) as (error: Error) => void, broken);
          });
          const reader = read(new Touches(isLocal));
          try {
            await assert.rejects(reader.next(), (error) => error instanceof StorageError && error.code === "failed");
            assert.equal((await reader.next()).done, true);
          } finally {
            await reader.close();
            atOnce.mock.restore();
            pool.mock.restore();
          }
          assert.equal(transferBuffers.bytesLent, 0);
        }),
      ));
  }

  void it("reads no more once it is closed while it waits for its turn", () =>
    withoutLeaks(() =>
      withFile(
        ({ read }) =>
          withReadsOf(0.1, async (counts) => {
            const readers = [read(new Touches(true)), read(new Touches(true))] as const;
            for (let piece = 0; piece < 3; piece += 1) await Promise.all(readers.map((reader) => reader.next()));
            const [first, second] = readers.map((reader) => reader.next());
            const before = counts.atOnce;
            const closed = Promise.all(readers.map((reader) => reader.close()));
            assert.equal((await first)?.done, true);
            assert.equal((await second)?.done, true);
            await closed;
            assert.equal(counts.atOnce, before);
            assert.equal(transferBuffers.bytesLent, 0);
          }),
        20_000_000,
      ),
    ));
});

async function readContent(reader: DiskReader): Promise<Buffer> {
  const copies: Buffer[] = [];
  for await (const chunk of reader) copies.push(Buffer.from(chunk));
  await reader.close();
  return Buffer.concat(copies);
}
