import assert from "node:assert/strict";
import { createDigest } from "../storage/digest.js";
import type { DigestAlgorithm } from "../storage/storage.js";
import { assertFails, assertMissing, assertSameBytes, type Check, get, getText, having, noise, put } from "./check.js";

/** What a storage says it can do beside the least, it does. */
export function abilityChecks(check: Check): void {
  updateChecks(check);

  check(
    "setTimes() sets what it is given and leaves the rest",
    having("setTimes", async (storage) => {
      await put(storage, "/f", "1");
      await storage.makeDirectory("/d");
      const modified = Date.UTC(2001, 1, 3, 4, 5, 6, 789);
      for (const path of ["/f", "/d"]) {
        await storage.setTimes(path, { modified });
        assert.equal((await storage.stat(path)).modified, modified);
        await storage.setTimes(path, { accessed: modified + 5000 });
        assert.equal((await storage.stat(path)).modified, modified);
      }
      await assertFails(storage.setTimes("/x", { modified }), "not-found", "/x");
    }),
  );

  check(
    "setMode() sets the permission bits",
    having("setMode", async (storage) => {
      await put(storage, "/f", "1");
      await storage.setMode("/f", 0o640);
      const { mode } = await storage.stat("/f");
      if (mode !== undefined) assert.equal(mode & 0o777, 0o640);
      await assertFails(storage.setMode("/x", 0o600), "not-found", "/x");
    }),
  );

  check(
    "digest() is that of the file, or null",
    having("digest", async (storage) => {
      await put(storage, "/f", noise(100_000));
      const algorithms: readonly DigestAlgorithm[] = ["SHA-256", "SHA-512", "SHA-1", "MD5", "CRC32"];
      for (const algorithm of algorithms) {
        const expected = createDigest(algorithm);
        expected.update(noise(100_000));
        const given = await storage.digest("/f", algorithm);
        if (given !== null) assert.deepEqual(Buffer.from(given), Buffer.from(expected.digest()));
      }
    }),
  );

  check(
    "space() is a number of bytes",
    having("space", async (storage) => {
      const space = await storage.space("/");
      assert.ok(space > 0);
      await assertFails(storage.space("/x"), "not-found", "/x");
    }),
  );
}

function updateChecks(check: Check): void {
  check(
    "openUpdate() changes a file in place and keeps what is behind",
    having("openUpdate", async (storage) => {
      await put(storage, "/f", "0123456789");
      const writer = await storage.openUpdate("/f", { start: 3 });
      await writer.write(Buffer.from("abc"));
      await writer.commit();
      assert.equal(await getText(storage, "/f"), "012abc6789");
    }),
  );

  check(
    "openUpdate() appends",
    having("openUpdate", async (storage) => {
      const bytes = noise(500_000);
      await put(storage, "/f", bytes.subarray(0, 100_001));
      const running = await storage.openUpdate("/f", { start: "end" });
      await Promise.all([
        running.write(bytes.subarray(100_001, 100_002)),
        running.write(bytes.subarray(100_002, 300_000)),
        running.write(bytes.subarray(300_000)),
      ]);
      await running.commit();
      assertSameBytes(await get(storage, "/f"), bytes);
    }),
  );

  check(
    "openUpdate() makes what is missing, when it begins at the beginning",
    having("openUpdate", async (storage) => {
      for (const [path, start] of [
        ["/a", 0],
        ["/b", "end"],
      ] as const) {
        const writer = await storage.openUpdate(path, { start });
        await writer.write(Buffer.from("new"));
        await writer.commit();
        assert.equal(await getText(storage, path), "new");
      }
      await assertFails(storage.openUpdate("/c", { start: 1 }), "not-found", "/c");
      await assertMissing(storage, "/c");
      await assertFails(storage.openUpdate("/x/y", { start: 0 }), "not-found", "/x/y");
    }),
  );

  check(
    "openUpdate() leaves no hole",
    having("openUpdate", async (storage) => {
      await put(storage, "/f", "12345");
      await assertFails(storage.openUpdate("/f", { start: 6 }), "not-supported", "/f");
      const writer = await storage.openUpdate("/f", { start: 5 });
      await writer.commit();
      assert.equal(await getText(storage, "/f"), "12345");
    }),
  );

  check(
    "openUpdate() keeps what was written before abort()",
    having("openUpdate", async (storage) => {
      await put(storage, "/f", "12");
      const writer = await storage.openUpdate("/f", { start: 2 });
      await writer.write(Buffer.from("345"));
      await writer.abort();
      assert.equal(await getText(storage, "/f"), "12345");
    }),
  );

  check(
    "openUpdate() of a directory says so",
    having("openUpdate", async (storage) => {
      await storage.makeDirectory("/d");
      await assertFails(storage.openUpdate("/d", { start: 0 }), "is-a-directory", "/d");
      await assertFails(storage.openUpdate("/", { start: "end" }), "is-a-directory", "/");
    }),
  );
}
