import assert from "node:assert/strict";
import { assertFails, assertMissing, assertSameBytes, type Check, get, getText, noise, put } from "./check.js";

/** What is there is told and read as it is. */
export function readingChecks(check: Check): void {
  check("stat() tells of the root", async (storage) => {
    const info = await storage.stat("/");
    assert.equal(info.name, "/");
    assert.equal(info.type, "directory");
    assert.equal(info.size, 0);
  });

  check("stat() tells name, type, size and time of a file", async (storage) => {
    const before = Date.now();
    await put(storage, "/a file", "12345");
    const info = await storage.stat("/a file");
    assert.equal(info.name, "a file");
    assert.equal(info.type, "file");
    assert.equal(info.size, 5);
    // Storages may keep whole seconds, and their clock may be another.
    assert.ok(Math.abs(info.modified - before) < 10_000, `${info.modified} is not about ${before}`);
  });

  check("stat() tells of a directory, whose size is 0", async (storage) => {
    await storage.makeDirectory("/d");
    const { name, type, size } = await storage.stat("/d");
    assert.deepEqual({ name, type, size }, { name: "d", type: "directory", size: 0 });
  });

  check("stat() gives what is unique to a file", async (storage) => {
    await put(storage, "/a", "1");
    await put(storage, "/b", "1");
    const [a, again, b] = [await storage.stat("/a"), await storage.stat("/a"), await storage.stat("/b")];
    assert.equal(a.unique, again.unique);
    if (a.unique !== undefined) assert.notEqual(a.unique, b.unique);
  });

  check("what is not there is not-found", async (storage) => {
    await assertMissing(storage, "/nothing");
    await assertMissing(storage, "/nothing/below");
    await assertFails(storage.openRead("/nothing"), "not-found", "/nothing");
  });

  check("nothing is found behind a file", async (storage) => {
    await put(storage, "/file", "1");
    await assertMissing(storage, "/file/below");
    await assertFails(storage.openRead("/file/below"), "not-found");
    await assertFails(storage.openWrite("/file/below"), "not-found");
    await assertFails(storage.makeDirectory("/file/below"), "not-found");
    await assertFails(storage.remove("/file/below"), "not-found");
  });

  check("a path that is not normal is refused", async (storage) => {
    await storage.makeDirectory("/d");
    await put(storage, "/x", "1");
    for (const path of ["/d/../x", "/./x", "//x", "/x/", "x", "", "/d/..", "/x\0y"]) {
      await assertFails(storage.stat(path), "invalid-name");
      await assertFails(storage.openRead(path), "invalid-name");
      await assertFails(storage.openWrite(path), "invalid-name");
      await assertFails(storage.remove(path), "invalid-name");
    }
    assert.equal(await getText(storage, "/x"), "1");
  });

  check("openRead() gives the bytes of the file", async (storage) => {
    for (const length of [0, 1, 65_535, 65_536, 65_537, 1 << 20, 3_000_001]) {
      await put(storage, "/f", noise(length, length + 1));
      assertSameBytes(await get(storage, "/f"), noise(length, length + 1));
    }
  });

  check("openRead() begins where it is told to", async (storage) => {
    const bytes = noise(300_000);
    await put(storage, "/f", bytes);
    for (const start of [0, 1, 65_536, 299_999, 300_000]) {
      assertSameBytes(await get(storage, "/f", start), bytes.subarray(start));
    }
  });

  check("openRead() tells what it reads", async (storage) => {
    await put(storage, "/f", "12345");
    const reader = await storage.openRead("/f", { start: 2 });
    assert.equal(reader.info.name, "f");
    assert.equal(reader.info.size, 5);
    await reader.close();
  });

  check("openRead() of a directory says so", async (storage) => {
    await storage.makeDirectory("/d");
    await assertFails(storage.openRead("/d"), "is-a-directory", "/d");
    await assertFails(storage.openRead("/"), "is-a-directory", "/");
  });

  check("a reader can be closed before, in the middle, and again", async (storage) => {
    await put(storage, "/f", noise(3_000_000));
    const unused = await storage.openRead("/f");
    await unused.close();
    await unused.close();
    const reader = await storage.openRead("/f");
    for await (const chunk of reader) {
      assert.ok(chunk.length > 0);
      break;
    }
    await Promise.all([reader.close(), reader.close()]);
  });

  check("many read one file at a time", async (storage) => {
    const bytes = noise(700_000);
    await put(storage, "/f", bytes);
    const all = await Promise.all(Array.from({ length: 20 }, (_, i) => get(storage, "/f", i)));
    for (const [i, got] of all.entries()) assertSameBytes(got, bytes.subarray(i));
  });

  check("an aborted wait rejects with its reason", async (storage) => {
    await put(storage, "/f", "1");
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    const isReason = (error: unknown): boolean => error === reason;
    await assert.rejects(storage.stat("/f", { signal }), isReason);
    await assert.rejects(storage.openRead("/f", { signal }), isReason);
    await assert.rejects(storage.openWrite("/f", { signal }), isReason);
    await assert.rejects(async () => {
      for await (const batch of storage.list("/", { signal })) assert.fail(`listed ${batch.length}`);
    }, isReason);
    assert.equal(await getText(storage, "/f"), "1");
  });
}
