import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { memoryStorage } from "../../src/storage/memory-storage.js";
import { assertFails, getText, listNames, put } from "../../src/testing/check.js";

void describe("memoryStorage", () => {
  void it("holds no more than it may, uploads under way included", async () => {
    const storage = memoryStorage({ maxBytes: 10 });
    await put(storage, "/a", "123456");
    assert.equal(await storage.space("/"), 4);
    const writer = await storage.openWrite("/b");
    await writer.write(Buffer.from("1234"));
    await assertFails(writer.write(Buffer.from("5")), "no-space", "/b");
    await assertFails(writer.commit(), "no-space");
    assert.deepEqual(await listNames(storage, "/"), ["a"]);
    assert.equal(await storage.space("/"), 4);
  });

  void it("has the room again of what is removed, replaced or given up", async () => {
    const storage = memoryStorage({ maxBytes: 10 });
    for (let i = 0; i < 5; i += 1) {
      await put(storage, "/a", "12345");
      await put(storage, "/b", "1");
      await storage.rename("/b", "/c");
      await storage.remove("/c");
      const writer = await storage.openWrite("/d");
      await writer.write(Buffer.from("12345"));
      await writer.abort();
    }
    assert.equal(await storage.space("/"), 5);
    await put(storage, "/b", "12");
    await storage.rename("/b", "/a");
    assert.equal(await storage.space("/"), 8);
    assert.equal(await getText(storage, "/a"), "12");
  });

  void it("has the room again of what was written to a file after it was removed", async () => {
    const storage = memoryStorage({ maxBytes: 10 });
    await put(storage, "/a", "123");
    for (const end of ["commit", "abort"] as const) {
      const writer = await storage.openUpdate("/a", { start: "end" });
      await writer.write(Buffer.from("45"));
      await storage.remove("/a");
      await writer.write(Buffer.from("678"));
      assert.equal(await storage.space("/"), 7);
      await writer[end]();
      assert.equal(await storage.space("/"), 10);
      await put(storage, "/a", "123");
    }
  });

  void it("refuses what is no number of bytes", () => {
    assert.throws(() => memoryStorage({ maxBytes: -1 }), RangeError);
    assert.throws(() => memoryStorage({ maxBytes: Number.NaN }), RangeError);
  });
});
