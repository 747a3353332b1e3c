import assert from "node:assert/strict";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { until, withoutLeaks } from "@belfry/testkit";
import fc from "fast-check";
import { diskStorage } from "../../src/storage/disk-storage.js";
import { memoryStorage } from "../../src/storage/memory-storage.js";
import { can } from "../../src/storage/storage.js";
import type { FileInfo, FileWriter, Storage, StorageAbilities } from "../../src/storage/storage.js";
import { StorageError } from "../../src/storage/storage-error.js";
import type { Quota } from "../../src/users/account.js";
import { limitStorage } from "../../src/users/quota-storage.js";

type Whole = Storage & StorageAbilities;

async function limited(quota: Quota, storage: Storage = memoryStorage()): Promise<Whole> {
  return (await limitStorage(storage, quota, "ann")) as Whole;
}

async function put(storage: Storage, path: string, size: number): Promise<void> {
  const writer = await storage.openWrite(path);
  await fill(writer, size);
  await writer.commit();
}

/** In pieces. Gives up when it is refused. */
async function fill(writer: FileWriter, size: number): Promise<void> {
  try {
    for (let left = size; left > 0; left -= 10) await writer.write(new Uint8Array(Math.min(10, left)));
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

async function append(storage: Whole, path: string, size: number, start: number | "end" = "end"): Promise<void> {
  const writer = await storage.openUpdate(path, { start });
  await fill(writer, size);
  await writer.commit();
}

const isOverQuota = (error: unknown): boolean => error instanceof StorageError && error.code === "over-quota";

/** A storage that counts how often it is walked through. */
function counted(inner: Storage & StorageAbilities): Whole & { walks: number } {
  const storage = inner as Whole & { walks: number };
  storage.walks = 0;
  const list = inner.list.bind(inner);
  storage.list = (path, options) => {
    if (path === "/") storage.walks += 1;
    return list(path, options);
  };
  return storage;
}

describe("limitStorage", () => {
  it("counts what is there before the first login", async () => {
    const inner = memoryStorage();
    await inner.makeDirectory("/a");
    await put(inner, "/a/x", 60);
    await put(inner, "/y", 30);
    const storage = await limited({ bytes: 100, files: 4 }, inner);
    assert.equal(await storage.space("/"), 10);
    await assert.rejects(put(storage, "/z", 11), isOverQuota);
    await put(storage, "/z", 10);
    await assert.rejects(put(storage, "/empty", 0), isOverQuota);
  });

  it("counts once for all logins and all accounts of a storage", async () => {
    const inner = counted(memoryStorage());
    const [ann, bob] = await Promise.all([
      limitStorage(inner, { bytes: 50 }, "ann"),
      limitStorage(inner, { bytes: 100 }, "bob"),
    ]);
    await put(ann, "/x", 40);
    assert.equal(await ((await limitStorage(inner, { bytes: 100 }, "bob")) as Whole).space("/"), 60);
    assert.equal(inner.walks, 1);
    await put(bob, "/y", 60);
    await assert.rejects(put(ann, "/z", 1), isOverQuota);
  });

  it("refuses what exceeds the quota, keeps the old file, and gives back what was taken", async () => {
    const storage = await limited({ bytes: 100 });
    await put(storage, "/x", 40);
    await assert.rejects(put(storage, "/x", 101), isOverQuota);
    assert.equal((await storage.stat("/x")).size, 40);
    await put(storage, "/y", 60);
    await assert.rejects(put(storage, "/z", 1), isOverQuota);
  });

  it("lets a file be replaced by one that fits in its place", async () => {
    const storage = await limited({ bytes: 100, files: 1 });
    await put(storage, "/x", 100);
    await put(storage, "/x", 100);
    await put(storage, "/x", 30);
    assert.equal(await storage.space("/"), 70);
    await put(storage, "/x", 100);
    await assert.rejects(put(storage, "/x", 101), isOverQuota);
  });

  it("counts appending and writing in place by what the file grows", async () => {
    const storage = await limited({ bytes: 100 });
    await append(storage, "/x", 40, 0);
    await append(storage, "/x", 40);
    await append(storage, "/x", 30, 60);
    assert.equal(await storage.space("/"), 10);
    await append(storage, "/x", 50, 0);
    assert.equal(await storage.space("/"), 10);
    await assert.rejects(append(storage, "/x", 41, 60), isOverQuota);
    assert.equal((await storage.stat("/x")).size, 100);
    await assert.rejects(append(storage, "/x", 1), isOverQuota);
    const { size } = await storage.stat("/x");
    assert.equal(await storage.space("/"), 100 - size);
  });

  it("counts deleting, renaming and directories", async () => {
    const storage = await limited({ bytes: 100, files: 3 });
    await storage.makeDirectory("/a");
    await put(storage, "/a/x", 50);
    await put(storage, "/y", 50);
    await assert.rejects(storage.makeDirectory("/b"), isOverQuota);
    await storage.rename("/y", "/a/x");
    assert.equal(await storage.space("/"), 50);
    await storage.makeDirectory("/b");
    await storage.rename("/a", "/c");
    await storage.remove("/c/x");
    assert.equal(await storage.space("/"), 100);
    await storage.removeDirectory("/c");
    await storage.removeDirectory("/b");
    for (const path of ["/1", "/2", "/3"]) await put(storage, path, 0);
    await assert.rejects(put(storage, "/4", 0), isOverQuota);
  });

  it("changes no count when the storage refuses", async () => {
    const storage = await limited({ bytes: 100, files: 2 });
    await storage.makeDirectory("/a");
    await put(storage, "/a/x", 50);
    await assert.rejects(storage.removeDirectory("/a"));
    await assert.rejects(storage.makeDirectory("/a"));
    await assert.rejects(storage.remove("/none"));
    await assert.rejects(storage.remove("/a"));
    await assert.rejects(storage.rename("/none", "/a/x"));
    await assert.rejects(storage.openWrite("/a"));
    await assert.rejects(storage.openWrite("/none/x"));
    await assert.rejects(storage.openWrite("/a/x", { exclusive: true }));
    await storage.rename("/a/x", "/a/x");
    assert.equal(await storage.space("/"), 50);
    await assert.rejects(put(storage, "/z", 0), isOverQuota);
    await storage.remove("/a/x");
    await put(storage, "/z", 100);
  });

  it("holds uploads at the same time together within the quota", async () => {
    const storage = await limited({ bytes: 100, files: 5 });
    const results = await Promise.allSettled(Array.from({ length: 10 }, (_, i) => put(storage, `/${i}`, 40)));
    const done = results.filter(({ status }) => status === "fulfilled").length;
    assert.ok(done <= 2, `${done} of 40 bytes each`);
    assert.equal(await storage.space("/"), 100 - done * 40);
    for (const result of results) if (result.status === "rejected") assert.ok(isOverQuota(result.reason));
  });

  it("holds uploads to the same name together within the quota", async () => {
    const storage = await limited({ bytes: 100 });
    await put(storage, "/x", 50);
    const [one, other] = [await storage.openWrite("/x"), await storage.openWrite("/x")];
    await fill(one, 50);
    await storage.remove("/x");
    await put(storage, "/y", 100);
    await assert.rejects(one.commit(), isOverQuota);
    await other.commit();
    assert.equal((await storage.stat("/x")).size, 0);
    assert.equal(await storage.space("/"), 0);
  });

  it("gives back what an upload has taken when it is aborted, once", async () => {
    const storage = await limited({ bytes: 100, files: 1 });
    const writer = await storage.openWrite("/x");
    await writer.write(new Uint8Array(80));
    assert.equal(await storage.space("/"), 20);
    await assert.rejects(storage.openWrite("/y"), isOverQuota);
    await Promise.all([writer.abort(), writer.abort()]);
    await writer.abort();
    assert.equal(await storage.space("/"), 100);
    await put(storage, "/y", 100);
  });

  it("counts what stays of an update that is aborted", async () => {
    const storage = await limited({ bytes: 100 });
    const writer = await storage.openUpdate("/x", { start: 0 });
    await writer.write(new Uint8Array(80));
    await writer.abort();
    const { size } = await storage.stat("/x");
    assert.equal(await storage.space("/"), 100 - size);
  });

  it("goes on in order where a write waited for a count", async () => {
    const inner = memoryStorage();
    await put(inner, "/old", 100);
    const storage = await limited({ bytes: 100 }, inner);
    await inner.remove("/old");
    const writer = await storage.openWrite("/x");
    // It has just been counted, so the first is refused by what is known, and all behind it.
    const writes = [1, 2, 3].map((byte) => writer.write(new Uint8Array([byte])));
    for (const { status } of await Promise.allSettled(writes)) assert.equal(status, "rejected");
    await writer.abort();
  });

  it("finds out what was deleted behind its back before it refuses, and writes in order", async (t) => {
    const inner = counted(memoryStorage());
    await put(inner, "/old", 70);
    const storage = await limited({ bytes: 100 }, inner);
    await inner.remove("/old");
    const now = performance.now();
    t.mock.method(performance, "now", () => now + 60_000);
    const writer = await storage.openWrite("/x");
    // The first waits for the count. The second would have room without it.
    const writes = ["a".repeat(40), "b".repeat(20), "c"].map((text) => writer.write(Buffer.from(text)));
    await Promise.all(writes);
    await writer.write(Buffer.from("d"));
    await writer.commit();
    assert.equal(inner.walks, 2);
    assert.equal(await storage.space("/"), 38);
    let text = "";
    for await (const chunk of await inner.openRead("/x")) text += Buffer.from(chunk).toString();
    assert.equal(text.replaceAll(/(.)\1+/g, "$1"), "abcd");
  });

  it("keeps counting a file whose directory is moved while it is written", async () => {
    const storage = await limited({ bytes: 100 });
    await storage.makeDirectory("/d");
    await put(storage, "/d/x", 50);
    const writer = await storage.openUpdate("/d/x", { start: "end" });
    await storage.rename("/d", "/e");
    await writer.abort();
    assert.equal(await storage.space("/"), 50);
    await storage.remove("/e/x");
    assert.equal(await storage.space("/"), 100);
  });

  it("counts anew with uploads under way as they were", async (t) => {
    const inner = memoryStorage();
    await put(inner, "/old", 50);
    const storage = await limited({ bytes: 100, files: 9 }, inner);
    await put(storage, "/x", 20);
    const writer = await storage.openUpdate("/x", { start: "end" });
    await writer.write(new Uint8Array(30));
    await inner.remove("/old");
    const now = performance.now();
    t.mock.method(performance, "now", () => now + 60_000);
    await put(storage, "/y", 50);
    assert.equal(await storage.space("/"), 0);
    await writer.commit();
    assert.equal(await storage.space("/"), 0);
  });

  it("keeps the abilities the storage has, and no others", async () => {
    const whole = memoryStorage();
    const abilities = ["openUpdate", "rename", "setTimes", "setMode", "digest", "space"] as const;
    const storage = await limited({ files: 5 }, whole);
    assert.deepEqual(
      abilities.filter((ability) => can(storage, ability)),
      abilities.filter((ability) => can(whole, ability)),
    );
    const least: Storage = {
      stat: (...call) => whole.stat(...call),
      list: (...call) => whole.list(...call),
      openRead: (...call) => whole.openRead(...call),
      openWrite: (...call) => whole.openWrite(...call),
      remove: (...call) => whole.remove(...call),
      makeDirectory: (...call) => whole.makeDirectory(...call),
      removeDirectory: (...call) => whole.removeDirectory(...call),
    };
    const small = await limited({ files: 5 }, least);
    assert.deepEqual(
      abilities.filter((ability) => can(small, ability)),
      [],
    );
    const bytes = await limited({ bytes: 5 }, least);
    assert.deepEqual(
      abilities.filter((ability) => can(bytes, ability)),
      ["space"],
    );
    assert.equal(await bytes.space("/"), 5);
  });

  it("tells the lesser of what is left and what the storage can take", async () => {
    const inner = memoryStorage({ maxBytes: 10 });
    assert.equal(await (await limited({ bytes: 100 }, inner)).space("/"), 10);
    assert.equal(await (await limited({ bytes: 7 }, inner)).space("/"), 7);
    await put(inner, "/x", 9);
    assert.equal(await (await limited({ bytes: 7 }, inner)).space("/"), 1);
  });

  it("counts on while somebody waits, and stops when all have gone", () =>
    withoutLeaks(async () => {
      const signals: AbortSignal[] = [];
      const list = async function* (
        _: string,
        options?: { signal?: AbortSignal | undefined },
      ): AsyncGenerator<readonly FileInfo[]> {
        const { signal } = options ?? {};
        assert.ok(signal !== undefined);
        signals.push(signal);
        await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
        yield [];
      };
      const inner = Object.assign(memoryStorage(), { list });
      const [one, other] = [new AbortController(), new AbortController()];
      const waits = [one, other].map(({ signal }) => limitStorage(inner, { bytes: 1 }, "ann", { signal }));
      const outcomes = Promise.allSettled(waits);
      await until(() => signals.length === 1);
      one.abort("gone");
      await assert.rejects(waits[0] as Promise<Storage>, (reason) => reason === "gone");
      assert.equal(signals[0]?.aborted, false);
      other.abort("gone too");
      await outcomes;
      assert.equal(signals[0]?.aborted, true);
    }));

  it("tells why it could not count, and tries again at the next login", async () => {
    const inner = memoryStorage();
    const list = inner.list.bind(inner);
    inner.list = () => {
      throw new StorageError("failed", "/");
    };
    await assert.rejects(limited({ bytes: 10 }, inner), (error: StorageError) => error.code === "failed");
    inner.list = list;
    assert.equal(await (await limited({ bytes: 10 }, inner)).space("/"), 10);
  });

  it("names a wrong quota", async () => {
    await assert.rejects(limited({ bytes: -1 }), /Cannot use quota.bytes -1/);
  });

  it("agrees with a count after any changes at once", async () => {
    const path = fc.constantFrom("/a", "/b", "/d", "/d/a", "/d/b", "/e", "/e/a");
    const size = fc.integer({ min: 0, max: 60 });
    const change = fc.oneof(
      fc.record({ kind: fc.constantFrom("put", "append", "cut" as const), path, size }),
      fc.record({ kind: fc.constantFrom("remove", "mkdir", "rmdir" as const), path }),
      fc.record({ kind: fc.constant("rename" as const), path, to: path }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 8 }), async (rounds) => {
        const inner = memoryStorage();
        const quota = { bytes: 200, files: 5 };
        const storage = await limited(quota, inner);
        for (const round of rounds) {
          // At the same time directories stay where they are: what is below one that is moved is found by the next count.
          const changes = round.length > 1 ? round.filter(({ kind }) => kind !== "rename") : round;
          await Promise.allSettled(changes.map((one) => apply(storage, one)));
          const usage = await measure(inner);
          assert.ok(usage.bytes <= quota.bytes && usage.files <= quota.files, JSON.stringify(usage));
          assert.equal(Math.min(await storage.space("/")), quota.bytes - usage.bytes);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("counts a directory once that links lead to, and ends where they go in a circle", async () => {
    const root = await mkdtemp(join(tmpdir(), "belfry-quota-"));
    try {
      const inner = diskStorage(root);
      await inner.makeDirectory("/a");
      await put(inner, "/a/x", 10);
      await symlink("..", join(root, "a", "up"));
      await symlink("a", join(root, "b"));
      const storage = await limited({ bytes: 15 }, inner);
      assert.equal(await storage.space("/"), 5);
      await put(storage, "/y", 5);
      await assert.rejects(put(storage, "/y", 16), isOverQuota);
    } finally {
      await rm(root, { recursive: true });
    }
  });
});

type Change = { readonly kind: string; readonly path: string; readonly size?: number; readonly to?: string };

async function apply(storage: Whole, { kind, path, size = 0, to = "/" }: Change): Promise<void> {
  const changes: { readonly [kind: string]: () => Promise<void> } = {
    put: () => put(storage, path, size),
    append: () => append(storage, path, size),
    cut: async () => {
      const writer = await storage.openWrite(path);
      await fill(writer, size);
      await writer.abort();
    },
    remove: () => storage.remove(path),
    mkdir: () => storage.makeDirectory(path),
    rmdir: () => storage.removeDirectory(path),
    rename: () => storage.rename(path, to),
  };
  await changes[kind]?.();
}

async function measure(storage: Storage, path = "/"): Promise<{ bytes: number; files: number }> {
  const usage = { bytes: 0, files: 0 };
  for await (const batch of storage.list(path)) {
    for (const { name, type, size } of batch) {
      usage.bytes += size;
      usage.files += 1;
      if (type !== "directory") continue;
      const below = await measure(storage, path === "/" ? `/${name}` : `${path}/${name}`);
      usage.bytes += below.bytes;
      usage.files += below.files;
    }
  }
  return usage;
}
