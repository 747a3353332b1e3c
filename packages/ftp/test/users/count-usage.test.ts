import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { memoryStorage } from "../../src/storage/memory-storage.js";
import type { Storage } from "../../src/storage/storage.js";
import { StorageError } from "../../src/storage/storage-error.js";
import type { StorageErrorCode } from "../../src/storage/storage-error.js";
import { countUsage } from "../../src/users/count-usage.js";

const { signal } = new AbortController();
const known = (): undefined => undefined;

async function makeDirectories(...paths: readonly string[]): Promise<Storage> {
  const storage = memoryStorage();
  for (const path of paths) await storage.makeDirectory(path);
  return storage;
}

/** Makes the listing of one directory fail. */
function failAt(storage: Storage, at: string, code: StorageErrorCode): void {
  const list = storage.list.bind(storage);
  storage.list = (path, options) => {
    if (path === at) throw new StorageError(code, path);
    return list(path, options);
  };
}

describe("countUsage", () => {
  it("stops at too many directories", async () => {
    const storage = await makeDirectories("/a", "/a/b", "/a/b/c");
    assert.deepEqual(await countUsage(storage, { known, signal, maxDirectories: 3 }), { bytes: 0, files: 3 });
    await assert.rejects(
      countUsage(storage, { known, signal, maxDirectories: 2 }),
      (error: StorageError) => error.code === "too-many" && error.path === "/a/b/c",
    );
  });

  it("leaves out what has gone or may not be read, and no other failure", async () => {
    for (const code of ["not-found", "no-permission", "not-a-directory"] as const) {
      const storage = await makeDirectories("/a", "/a/b");
      failAt(storage, "/a", code);
      assert.deepEqual(await countUsage(storage, { known, signal }), { bytes: 0, files: 1 });
    }
    const storage = await makeDirectories("/a");
    failAt(storage, "/a", "failed");
    await assert.rejects(countUsage(storage, { known, signal }), (error: StorageError) => error.code === "failed");
  });

  it("stops with the signal's reason", async () => {
    const storage = await makeDirectories("/a");
    const gone = AbortSignal.abort("gone");
    await assert.rejects(countUsage(storage, { known, signal: gone }), (reason) => reason === "gone");
  });
});
