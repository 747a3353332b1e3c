import assert from "node:assert/strict";
import type { InfoField } from "../storage/storage.js";
import { assertFails, type Check, listAll, listNames, paths, put, putAll } from "./check.js";

/** Directories are listed whole. */
export function listingChecks(check: Check): void {
  check("list() of an empty directory gives nothing", async (storage) => {
    assert.deepEqual(await listAll(storage, "/"), []);
    await storage.makeDirectory("/d");
    assert.deepEqual(await listAll(storage, "/d"), []);
  });

  check("list() gives what stat() gives", async (storage) => {
    await put(storage, "/file", "12345");
    await storage.makeDirectory("/d");
    await put(storage, "/d/inner", "");
    assert.deepEqual(await listAll(storage, "/"), [await storage.stat("/d"), await storage.stat("/file")]);
    assert.deepEqual(await listAll(storage, "/d"), [await storage.stat("/d/inner")]);
  });

  check("list() tells name and type, whatever else is wanted or not", async (storage) => {
    await put(storage, "/file", "12345");
    await storage.makeDirectory("/d");
    const told = async (fields?: readonly InfoField[]): Promise<readonly string[]> => {
      const entries: string[] = [];
      for await (const batch of storage.list("/", { fields })) {
        entries.push(...batch.map(({ name, type }) => `${name} ${type}`));
      }
      return entries.toSorted();
    };
    for (const fields of [undefined, [], ["size"] as const]) {
      assert.deepEqual(await told(fields), ["d directory", "file file"]);
    }
    for await (const batch of storage.list("/", { fields: ["size"] })) {
      for (const { type, size } of batch) assert.equal(size, type === "file" ? 5 : 0);
    }
  });

  check("list() gives each of many exactly once", async (storage) => {
    await putAll(storage, paths(1100, "/file "));
    const names = paths(1100, "file ");
    assert.deepEqual(await listNames(storage, "/"), names);
  });

  check("list() rejects before the first batch", async (storage) => {
    await put(storage, "/file", "1");
    await assertFails(listAll(storage, "/nothing"), "not-found", "/nothing");
    await assertFails(listAll(storage, "/file"), "not-a-directory", "/file");
  });

  check("list() can be left in the middle, and the directory removed then", async (storage) => {
    await storage.makeDirectory("/d");
    const all = paths(600, "/d/");
    await putAll(storage, all);
    for await (const batch of storage.list("/d")) {
      assert.ok(batch.length > 0);
      break;
    }
    await Promise.all(all.map((path) => storage.remove(path)));
    await storage.removeDirectory("/d");
  });

  check("list() goes on when entries vanish and appear meanwhile", async (storage) => {
    await storage.makeDirectory("/d");
    const goes = paths(600, "/d/goes ");
    await putAll(storage, [...paths(600, "/d/stays "), ...goes]);
    const seen: string[] = [];
    const change = async (): Promise<void> => {
      await Promise.all(goes.map((path) => storage.remove(path)));
      await putAll(storage, paths(50, "/d/comes "));
    };
    let changed: Promise<void> | null = null;
    for await (const batch of storage.list("/d")) {
      for (const { name } of batch) if (name.startsWith("stays")) seen.push(name);
      changed ??= change();
      await changed;
    }
    assert.equal(seen.length, 600);
    assert.equal(new Set(seen).size, 600);
  });

  check("list() rejects with the reason when aborted in the middle", async (storage) => {
    await putAll(storage, paths(600, "/"));
    const controller = new AbortController();
    const reason = new Error("enough");
    let batches = 0;
    const running = (async () => {
      for await (const batch of storage.list("/", { signal: controller.signal })) {
        batches += Math.sign(batch.length);
        controller.abort(reason);
      }
    })();
    await assert.rejects(running, (error) => error === reason);
    assert.equal(batches, 1);
  });

  check("list() ends, or says so, when the directory vanishes meanwhile", async (storage) => {
    await storage.makeDirectory("/d");
    const all = paths(700, "/d/");
    await putAll(storage, all);
    const vanish = async (): Promise<void> => {
      await Promise.all(all.map((path) => storage.remove(path)));
      await storage.removeDirectory("/d");
    };
    const seen = new Set<string>();
    let vanished: Promise<void> | null = null;
    const running = (async () => {
      for await (const batch of storage.list("/d")) {
        for (const { name } of batch) seen.add(name);
        vanished ??= vanish();
        await vanished;
      }
    })();
    await running.catch((error: unknown) => assert.equal((error as { code?: unknown }).code, "not-found"));
    assert.ok(seen.size > 0);
    await assertFails(listAll(storage, "/d"), "not-found");
  });
}
