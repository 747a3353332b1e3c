import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { computeDigest, createDigest } from "../../src/storage/digest.js";
import { memoryStorage } from "../../src/storage/memory-storage.js";
import type { DigestAlgorithm, Storage } from "../../src/storage/storage.js";
import { assertFails, put } from "../../src/testing/check.js";

/** Of "123456789". */
const KNOWN: readonly (readonly [DigestAlgorithm, string])[] = [
  ["CRC32", "cbf43926"],
  ["MD5", "25f9e794323b453885f5181f1b624d0b"],
  ["SHA-1", "f7c3bc1d808e04732adf679965ccc34ca7ae3441"],
  ["SHA-256", "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"],
];

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

void describe("computeDigest", () => {
  void it("gives the digests that are known", async () => {
    const storage = memoryStorage();
    await put(storage, "/f", "123456789");
    for (const [algorithm, expected] of KNOWN) {
      assert.equal(toHex(await computeDigest(storage, "/f", algorithm)), expected);
    }
  });

  void it("takes a part of the file", async () => {
    const storage = memoryStorage();
    await put(storage, "/f", `abc123456789${"x".repeat(200_000)}`);
    for (const [algorithm, expected] of KNOWN) {
      assert.equal(toHex(await computeDigest(storage, "/f", algorithm, { start: 3, end: 12 })), expected);
    }
    const empty = toHex(await computeDigest(storage, "/f", "CRC32", { start: 5, end: 5 }));
    assert.equal(empty, "00000000");
  });

  void it("asks the storage first, but not for a part", async () => {
    const storage = memoryStorage();
    await put(storage, "/f", "123456789");
    const knowing: Storage & { digest: () => Promise<Uint8Array> } = Object.assign(Object.create(storage) as Storage, {
      openRead: storage.openRead.bind(storage),
      digest: () => Promise.resolve(Uint8Array.of(1, 2)),
    });
    assert.equal(toHex(await computeDigest(knowing, "/f", "CRC32")), "0102");
    assert.equal(toHex(await computeDigest(knowing, "/f", "CRC32", { end: 9 })), "cbf43926");
  });

  void it("rejects with the reason when aborted, and for what is not there", async () => {
    const storage = memoryStorage();
    await put(storage, "/f", "123456789");
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    await assert.rejects(computeDigest(storage, "/f", "MD5", { signal }), (error) => error === reason);
    await assertFails(computeDigest(storage, "/x", "MD5"), "not-found", "/x");
  });
});

void describe("createDigest", () => {
  void it("does not depend on where the pieces are cut", () => {
    for (const [algorithm, expected] of KNOWN) {
      for (let at = 0; at <= 9; at += 1) {
        const running = createDigest(algorithm);
        running.update(Buffer.from("123456789".slice(0, at)));
        running.update(Buffer.from("123456789".slice(at)));
        assert.equal(toHex(running.digest()), expected);
      }
    }
  });
});
