import { until } from "@belfry/testkit";
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { describe, it, mock } from "node:test";
import { diskStorage } from "../../../src/storage/disk-storage.js";
import type { FileReader, Storage } from "../../../src/storage/storage.js";
import { StorageError } from "../../../src/storage/storage-error.js";
import { temporaryRoot } from "../temporary-root.js";

const isLinux = process.platform === "linux";

async function withStorage(body: (storage: Storage, root: string) => Promise<void>): Promise<void> {
  const { root, stop } = temporaryRoot();
  fs.mkdirSync(join(root, "in"));
  fs.writeFileSync(join(root, "secret"), "secret");
  try {
    await body(diskStorage(join(root, "in")), join(root, "in"));
  } finally {
    stop();
  }
}

async function contentOf(reader: FileReader): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of reader) chunks.push(Buffer.from(chunk));
  await reader.close();
  return Buffer.concat(chunks).toString();
}

function code(expected: string): (error: unknown) => boolean {
  return (error) => error instanceof StorageError && error.code === expected;
}

/** With a clock that stands still, no call is slow, however busy the machine is. */
async function inNoTime(act: () => Promise<void>): Promise<void> {
  const clock = mock.method(performance, "now", () => 1000);
  try {
    await act();
  } finally {
    clock.mock.restore();
  }
}

/** How many calls went to the thread pool for files, by name. */
async function pooled(
  names: readonly ("open" | "close" | "rename" | "fstat")[],
  act: () => Promise<void>,
): Promise<number> {
  const mocks = names.map((name) => mock.method(fs, name));
  try {
    await act();
    return mocks.reduce((sum, each) => sum + each.mock.callCount(), 0);
  } finally {
    for (const each of mocks) each.mock.restore();
  }
}

/** Descriptors of what lies below a directory, or is it. */
function openBelow(directory: string): number {
  const isBelow = (fd: string): boolean => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${fd}`).startsWith(directory);
    } catch {
      return false;
    }
  };
  return fs.readdirSync("/proc/self/fd").filter(isBelow).length;
}

describe("A small file on the disk", () => {
  it("is at hand as a whole, and gives the same by iterating", { skip: !isLinux }, () =>
    withStorage(async (storage, root) => {
      fs.writeFileSync(join(root, "a"), "hello");
      for (const [start, expected] of [
        [0, "hello"],
        [2, "llo"],
        [5, ""],
      ] as const) {
        await inNoTime(async () => {
          const reader = await storage.openRead("/a", { start });
          assert.equal(Buffer.from(reader.content ?? "?").toString(), expected);
          assert.equal(await contentOf(reader), expected);
        });
      }
    }),
  );

  it("is read, written and put in its place without the thread pool", { skip: !isLinux }, () =>
    withStorage(async (storage, root) => {
      // What is left of killed processes is looked for at the first upload.
      await inNoTime(async () => (await storage.openWrite("/first")).commit());
      await inNoTime(async () => {
        const calls = await pooled(["open", "close", "rename", "fstat"], async () => {
          const writer = await storage.openWrite("/a");
          await writer.write(Buffer.from("hello"));
          assert.equal(fs.existsSync(join(root, "a")), false);
          await writer.commit();
          assert.equal(await contentOf(await storage.openRead("/a")), "hello");
        });
        assert.equal(calls, 0);
      });
      assert.deepEqual(fs.readdirSync(root).sort(), ["a", "first"]);
    }),
  );

  it("that grows while it is opened is read to its end", () =>
    withStorage(async (storage, root) => {
      fs.writeFileSync(join(root, "a"), "hello");
      const real = fs.fstatSync;
      const grows = mock.method(fs, "fstatSync", (fd: number) => {
        const stats = real(fd);
        fs.writeFileSync(join(root, "a"), "hello, world");
        return stats;
      });
      try {
        assert.equal(await contentOf(await storage.openRead("/a")), "hello, world");
      } finally {
        grows.mock.restore();
      }
    }));

  it("is not reached by a link that leads out, nor written through one", () =>
    withStorage(async (storage, root) => {
      fs.symlinkSync("../secret", join(root, "out"));
      fs.symlinkSync("..", join(root, "up"));
      await assert.rejects(storage.openRead("/out"), code("not-found"));
      await assert.rejects(storage.openRead("/up/secret"), code("not-found"));
      await assert.rejects(storage.openWrite("/up/secret"), code("not-found"));
      const writer = await storage.openWrite("/out");
      await writer.write(Buffer.from("mine"));
      await writer.commit();
      assert.equal(fs.readFileSync(join(root, "../secret"), "utf8"), "secret");
      assert.ok(fs.lstatSync(join(root, "out")).isFile());
    }));

  it("is not put in a directory that was moved out of the root meanwhile, and nothing is left of it", () =>
    withStorage(async (storage, root) => {
      fs.mkdirSync(join(root, "dir"));
      const writer = await storage.openWrite("/dir/a");
      await writer.write(Buffer.from("hello"));
      fs.renameSync(join(root, "dir"), join(root, "../moved"));
      await assert.rejects(writer.commit(), code("not-found"));
      assert.deepEqual(fs.readdirSync(join(root, "../moved")), []);
    }));

  it("says why it cannot be opened as a large one does", () =>
    withStorage(async (storage, root) => {
      fs.mkdirSync(join(root, "dir"));
      fs.writeFileSync(join(root, "a"), "hello");
      await assert.rejects(storage.openRead("/none"), code("not-found"));
      await assert.rejects(storage.openRead("/dir"), code("is-a-directory"));
      await assert.rejects(storage.openRead("/../a"), code("invalid-name"));
      await assert.rejects(storage.openRead("/.belfry-1-1.part"), code("not-found"));
      await assert.rejects(storage.openWrite("/.belfry-1-1.part"), code("invalid-name"));
      await assert.rejects(storage.openWrite("/dir"), code("is-a-directory"));
      await assert.rejects(storage.openWrite("/none/a"), code("not-found"));
      await assert.rejects(storage.openWrite("/a", { exclusive: true }), code("exists"));
      await assert.rejects(diskStorage(root, { readOnly: true }).openWrite("/b"), code("no-permission"));
      const aborted = AbortSignal.abort(new Error("enough"));
      await assert.rejects(storage.openRead("/a", { signal: aborted }), { message: "enough" });
      await assert.rejects(storage.openWrite("/b", { signal: aborted }), { message: "enough" });
    }));

  it("leaves no descriptor open, however it goes", { skip: !isLinux }, () =>
    withStorage(async (storage, root) => {
      fs.writeFileSync(join(root, "a"), "hello");
      await (await storage.openRead("/a")).close();
      await (await storage.openWrite("/b")).commit();
      await (await storage.openWrite("/c")).abort();
      await storage.openRead("/none").catch(() => {});
      await storage.openWrite("/none/a").catch(() => {});
      await storage.openWrite("/a", { exclusive: true }).catch(() => {});
      await until(() => openBelow(root) === 0);
      assert.deepEqual(fs.readdirSync(root).sort(), ["a", "b"]);
    }),
  );
});
