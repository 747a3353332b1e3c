import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type FileInfo, type Storage, can, type StorageAbilities } from "../storage/storage.js";
import { StorageError, type StorageErrorCode } from "../storage/storage-error.js";

/** Registers one check; its body gets a fresh, empty storage. */
export type Check = (title: string, body: (storage: Storage) => Promise<void>) => void;

/** Bytes without a period that a lost or doubled block could hide in; the same for the same seed. */
export function noise(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let i = 0; i < length; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** Puts a file there in one piece. */
export async function put(storage: Storage, path: string, content: string | Uint8Array): Promise<void> {
  const writer = await storage.openWrite(path);
  await writer.write(typeof content === "string" ? Buffer.from(content) : content);
  await writer.commit();
}

/** Puts many empty files there, some at a time. */
export async function putAll(storage: Storage, paths: readonly string[]): Promise<void> {
  for (let at = 0; at < paths.length; at += 50) {
    await Promise.all(paths.slice(at, at + 50).map((path) => put(storage, path, "")));
  }
}

/** `count` paths below a directory that sort by number. */
export function paths(count: number, before: string): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${before}${String(i).padStart(5, "0")}`);
}

/** Reads a file from `start` on, copying each chunk while it is lent. */
export async function get(storage: Storage, path: string, start?: number): Promise<Uint8Array> {
  const reader = await storage.openRead(path, start === undefined ? {} : { start });
  try {
    const chunks: Uint8Array[] = [];
    for await (const chunk of reader) chunks.push(Uint8Array.from(chunk));
    return Buffer.concat(chunks);
  } finally {
    await reader.close();
  }
}

export async function getText(storage: Storage, path: string, start?: number): Promise<string> {
  return Buffer.from(await get(storage, path, start)).toString("latin1");
}

/** Everything in a directory, by name. */
export async function listAll(storage: Storage, path: string): Promise<readonly FileInfo[]> {
  const all: FileInfo[] = [];
  for await (const batch of storage.list(path)) all.push(...batch);
  return all.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

export async function listNames(storage: Storage, path: string): Promise<readonly string[]> {
  return (await listAll(storage, path)).map(({ name }) => name);
}

/** That `running` rejects with a {@link StorageError} of this code. */
export async function assertFails(running: Promise<unknown>, code: StorageErrorCode, path?: string): Promise<void> {
  await assert.rejects(running, (error) => {
    assert(error instanceof StorageError, `not a StorageError: ${String(error)}`);
    assert.equal(error.code, code);
    if (path !== undefined) assert.equal(error.path, path);
    return true;
  });
}

export async function assertMissing(storage: Storage, path: string): Promise<void> {
  await assertFails(storage.stat(path), "not-found", path);
}

/** Compares bytes by their digest: an honest failure without a dump of megabytes. */
export function assertSameBytes(actual: Uint8Array, expected: Uint8Array): void {
  assert.equal(actual.length, expected.length, "length");
  const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
  assert.equal(digest(actual), digest(expected), "digest");
}

/** Runs a body with a storage that has an ability; one without passes, for the service does not offer it. */
export function having<A extends keyof StorageAbilities>(
  ability: A,
  body: (storage: Storage & Pick<StorageAbilities, A>) => Promise<void>,
): (storage: Storage) => Promise<void> {
  return async (storage) => {
    if (can(storage, ability)) await body(storage);
  };
}
