import assert from "node:assert/strict";
import {
  assertFails,
  assertMissing,
  assertSameBytes,
  type Check,
  get,
  getText,
  listNames,
  noise,
  put,
} from "./check.js";

/** What is written is there, whole, once it is committed and not before. */
export function writingChecks(check: Check): void {
  check("a committed file is there", async (storage) => {
    await put(storage, "/f", "hello");
    assert.equal(await getText(storage, "/f"), "hello");
    assert.deepEqual(await listNames(storage, "/"), ["f"]);
  });

  check("pieces go out in the order of the calls, waited for or not", async (storage) => {
    const writer = await storage.openWrite("/f");
    const expected: Uint8Array[] = [];
    const running: Promise<void>[] = [];
    for (let i = 0; i < 300; i += 1) {
      const piece = noise((i * 7919) % 70_000, i + 1);
      expected.push(piece);
      running.push(writer.write(piece));
      if (i % 50 === 0) await running.at(-1);
    }
    await Promise.all(running);
    await writer.commit();
    assertSameBytes(await get(storage, "/f"), Buffer.concat(expected));
  });

  check("a piece is lent only until its write resolves", async (storage) => {
    const writer = await storage.openWrite("/f");
    const piece = new Uint8Array(100_000);
    for (let i = 0; i < 10; i += 1) {
      piece.fill(i);
      await writer.write(piece);
    }
    piece.fill(255);
    await writer.commit();
    const got = await get(storage, "/f");
    assert.equal(got.length, 1_000_000);
    assert.ok(got.every((byte, at) => byte === Math.floor(at / 100_000)));
  });

  check("commit() waits for what is still being written", async (storage) => {
    const writer = await storage.openWrite("/f");
    const running = [writer.write(noise(500_000)), writer.write(noise(500_000, 2))];
    await writer.commit();
    await Promise.all(running);
    assertSameBytes(await get(storage, "/f"), Buffer.concat([noise(500_000), noise(500_000, 2)]));
  });

  check("a file without a byte can be made", async (storage) => {
    const writer = await storage.openWrite("/f");
    await writer.commit();
    assert.equal((await storage.stat("/f")).size, 0);
  });

  check("a file replaces the one before", async (storage) => {
    await put(storage, "/f", "the longer one that was there");
    await put(storage, "/f", "new");
    assert.equal(await getText(storage, "/f"), "new");
    assert.deepEqual(await listNames(storage, "/"), ["f"]);
  });

  check("abort() ends it", async (storage) => {
    const writer = await storage.openWrite("/f");
    const running = Array.from({ length: 8 }, () => writer.write(noise(300_000)));
    const ended = Promise.allSettled(running);
    await writer.abort();
    await writer.abort();
    await ended;
    await assert.rejects(writer.write(Buffer.from("more")));
    await assert.rejects(writer.commit());
  });

  check("abort() after commit() changes nothing", async (storage) => {
    const writer = await storage.openWrite("/f");
    await writer.write(Buffer.from("kept"));
    await writer.commit();
    await writer.abort();
    assert.equal(await getText(storage, "/f"), "kept");
  });

  check("openWrite() needs the directory, and no directory of the name", async (storage) => {
    await storage.makeDirectory("/d");
    await assertFails(storage.openWrite("/nothing/f"), "not-found", "/nothing/f");
    await assertFails(storage.openWrite("/d"), "is-a-directory", "/d");
    await assertFails(storage.openWrite("/"), "is-a-directory", "/");
  });

  check("openWrite() with exclusive takes no name that is taken", async (storage) => {
    await put(storage, "/f", "old");
    await assertFails(storage.openWrite("/f", { exclusive: true }), "exists", "/f");
    const writer = await storage.openWrite("/new", { exclusive: true });
    await writer.write(Buffer.from("new"));
    await writer.commit();
    assert.equal(await getText(storage, "/f"), "old");
    assert.equal(await getText(storage, "/new"), "new");
    assert.deepEqual(await listNames(storage, "/"), ["f", "new"]);
  });

  check("many write at a time", async (storage) => {
    await Promise.all(Array.from({ length: 30 }, (_, i) => put(storage, `/f${i}`, noise(100_000, i + 1))));
    for (let i = 0; i < 30; i += 1) assertSameBytes(await get(storage, `/f${i}`), noise(100_000, i + 1));
  });
}

/** What holds where an upload is atomic. */
export function atomicChecks(check: Check): void {
  check("nobody sees a file before it is committed", async (storage) => {
    const writer = await storage.openWrite("/f");
    await writer.write(noise(100_000));
    assert.deepEqual(await listNames(storage, "/"), []);
    await assertMissing(storage, "/f");
    await writer.commit();
    assert.deepEqual(await listNames(storage, "/"), ["f"]);
  });

  check("abort() gives up what was written", async (storage) => {
    const writer = await storage.openWrite("/f");
    await writer.write(Buffer.from("half"));
    await writer.abort();
    await writer.abort();
    await assertMissing(storage, "/f");
    assert.deepEqual(await listNames(storage, "/"), []);
  });

  check("abort() while writes are under way leaves nothing, and they end", async (storage) => {
    const writer = await storage.openWrite("/f");
    const running = Array.from({ length: 8 }, () => writer.write(noise(300_000)));
    const ended = Promise.allSettled(running);
    await writer.abort();
    await ended;
    assert.deepEqual(await listNames(storage, "/"), []);
  });

  check("the replaced file stays as it was until then", async (storage) => {
    await put(storage, "/f", "old");
    const writer = await storage.openWrite("/f");
    await writer.write(noise(100_000));
    assert.equal(await getText(storage, "/f"), "old");
    await writer.abort();
    assert.equal(await getText(storage, "/f"), "old");
    assert.deepEqual(await listNames(storage, "/"), ["f"]);
  });

  check("who reads the replaced file gets all of the old one", async (storage) => {
    const old = noise(3_000_000);
    await put(storage, "/f", old);
    const reader = await storage.openRead("/f");
    await put(storage, "/f", "new");
    const chunks: Uint8Array[] = [];
    for await (const chunk of reader) chunks.push(Uint8Array.from(chunk));
    await reader.close();
    assertSameBytes(Buffer.concat(chunks), old);
  });

  check("two who write one file leave the whole of one", async (storage) => {
    const [a, b] = [await storage.openWrite("/f"), await storage.openWrite("/f")];
    await Promise.all([a.write(noise(200_000, 1)), b.write(noise(200_000, 2))]);
    await b.commit();
    await a.commit();
    assertSameBytes(await get(storage, "/f"), noise(200_000, 1));
    assert.deepEqual(await listNames(storage, "/"), ["f"]);
  });

  check(
    "commit() of an exclusive file fails when the name was taken meanwhile, and takes nothing away",
    async (storage) => {
      const writer = await storage.openWrite("/f", { exclusive: true });
      await writer.write(Buffer.from("mine"));
      await put(storage, "/f", "theirs");
      await assertFails(writer.commit(), "exists", "/f");
      assert.equal(await getText(storage, "/f"), "theirs");
      assert.deepEqual(await listNames(storage, "/"), ["f"]);
    },
  );

  check("commit() fails and leaves nothing when a directory has the name meanwhile", async (storage) => {
    const writer = await storage.openWrite("/f");
    await writer.write(Buffer.from("mine"));
    await storage.makeDirectory("/f");
    await assertFails(writer.commit(), "is-a-directory", "/f");
    assert.deepEqual(await listNames(storage, "/"), ["f"]);
    assert.deepEqual(await listNames(storage, "/f"), []);
  });
}
