import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { memoryStorage } from "../../src/storage/memory-storage.js";
import { anonymous } from "../../src/users/anonymous.js";
import { logIn } from "./attempt.js";

describe("anonymous", () => {
  const storage = memoryStorage();

  it("takes anonymous and ftp in any case, with any password, as one account", async () => {
    const authenticate = anonymous({ storage });
    const account = await logIn(authenticate, "anonymous", "me@example.org");
    assert.equal(account?.name, "anonymous");
    assert.equal(account?.storage, storage);
    for (const name of ["ftp", "FTP", "Anonymous"]) assert.equal(await logIn(authenticate, name, ""), account);
  });

  it("knows nobody else", async () => {
    for (const name of ["", "root", "ftp2", "anonymous "])
      assert.equal(await logIn(anonymous({ storage }), name, ""), null);
  });

  it("gives what it is told to", async () => {
    const account = await logIn(anonymous({ storage, permissions: "upload", maxSessions: 3, home: "/in" }), "ftp", "");
    assert.deepEqual([account?.permissions, account?.maxSessions, account?.home], ["upload", 3, "/in"]);
  });

  it("names a wrong option and its value at once", () => {
    const wrong = [
      [{}, TypeError, /expected root or storage/],
      [{ root: "" }, TypeError, /Cannot use root ""/],
      [{ root: "/srv", storage }, TypeError, /root "\/srv": storage is given too/],
      [{ storage: {} }, TypeError, /Cannot use storage object: expected a Storage/],
      [{ storage, home: "in" }, TypeError, /Cannot use home "in"/],
      [{ storage, home: "/in/" }, TypeError, /Cannot use home "\/in\/"/],
      [{ storage, permissions: "all" }, TypeError, /Cannot use permissions "all": expected none, read/],
      [{ storage, permissions: ["raed"] }, TypeError, /Cannot use permissions "raed"/],
      [{ storage, permissions: { "/in": "read" } }, TypeError, /expected a set for "\/"/],
      [{ storage, permissions: { "/": "read", "/a/../b": "read" } }, TypeError, /permissions of "\/a\/..\/b"/],
      [{ storage, permissions: { "/": "toString" } }, TypeError, /permissions of "\/": "toString"/],
      [{ storage, quota: 5 }, TypeError, /Cannot use quota 5/],
      [
        { storage, quota: { bytes: -1 } },
        RangeError,
        /Cannot use quota.bytes -1: expected a whole number of at least 0/,
      ],
      [{ storage, quota: { files: 1.5 } }, RangeError, /quota.files 1.5/],
      [{ storage, uploadRate: 0 }, RangeError, /Cannot use uploadRate 0: expected a whole number of at least 1/],
      [{ storage, downloadRate: "1M" }, RangeError, /downloadRate "1M"/],
      [{ storage, maxSessions: Number.NaN }, RangeError, /maxSessions NaN/],
      [{ storage, greeting: "a\rb" }, TypeError, /greeting/],
      [{ storage, requireTls: "yes" }, TypeError, /Cannot use requireTls "yes"/],
    ] as const;
    for (const [options, kind, message] of wrong) {
      assert.throws(
        () => anonymous(options as Parameters<typeof anonymous>[0]),
        (error: Error) => error instanceof kind && message.test(error.message),
        String(message),
      );
    }
  });
});
