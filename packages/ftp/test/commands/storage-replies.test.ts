import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isStorageError, storageReply } from "../../src/commands/storage-replies.js";
import { StorageError } from "../../src/storage/storage-error.js";
import type { StorageErrorCode } from "../../src/storage/storage-error.js";

const CODES: { readonly [C in StorageErrorCode]: number } = {
  "not-found": 550,
  exists: 550,
  "not-a-directory": 550,
  "is-a-directory": 550,
  "not-empty": 550,
  "no-permission": 550,
  "invalid-name": 553,
  "no-space": 452,
  "over-quota": 552,
  "not-supported": 504,
  "too-many": 450,
  failed: 451,
};

describe("storageReply", () => {
  it("has a reply for each code, without the path and without what the machine said", () => {
    for (const [code, expected] of Object.entries(CODES)) {
      const error = new StorageError(code as StorageErrorCode, "/a/b", { cause: new Error("/srv/a/b") });
      const { reply, cause } = storageReply(error);
      assert.equal(reply.code, expected, code);
      assert.doesNotMatch(reply.lines.join(), /\//);
      assert.equal(cause, error);
    }
  });
});

describe("isStorageError", () => {
  it("tells kinds apart, and other errors from them", () => {
    const error = new StorageError("exists", "/a");
    assert.equal(isStorageError(error, "not-found", "exists"), true);
    assert.equal(isStorageError(error, "not-found"), false);
    assert.equal(isStorageError(new Error("exists"), "exists"), false);
  });
});
