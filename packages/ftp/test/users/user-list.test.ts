import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { memoryStorage } from "../../src/storage/memory-storage.js";
import type { UserOptions } from "../../src/users/user-options.js";
import { hashPassword, verifyPassword } from "../../src/users/password-hash.js";
import { userList } from "../../src/users/user-list.js";
import { attempt, credentials, logIn } from "./attempt.js";

const storage = memoryStorage();

describe("userList", () => {
  it("logs in with the password in the clear, and with nothing else", async () => {
    const authenticate = userList([{ name: "ann", password: "secret", storage }]);
    assert.equal((await logIn(authenticate, "ann", "secret"))?.name, "ann");
    for (const password of ["", "secre", "secret ", "Secret", "x".repeat(5000)]) {
      assert.equal(await logIn(authenticate, "ann", password), null);
    }
    for (const name of ["", "Ann", "bob", "__proto__"]) assert.equal(await logIn(authenticate, name, "secret"), null);
  });

  it("logs in with the password of a hash, and with nothing else", async () => {
    const authenticate = userList([{ name: "ann", passwordHash: await hashPassword("secret"), storage }]);
    assert.equal((await logIn(authenticate, "ann", "secret"))?.name, "ann");
    assert.equal(await logIn(authenticate, "ann", "other"), null);
    assert.equal(await logIn(authenticate, "bob", "secret"), null);
  });

  it("takes an empty password only where it is the password", async () => {
    const authenticate = userList([{ name: "ann", password: "", storage }]);
    assert.equal((await logIn(authenticate, "ann", ""))?.name, "ann");
    assert.equal(await logIn(userList([]), "ann", ""), null);
  });

  it("tells passwords apart that are no UTF-8", async () => {
    const authenticate = userList([{ name: "ann", password: "\udc80", storage }]);
    assert.equal((await logIn(authenticate, "ann", "\udc80"))?.name, "ann");
    assert.equal(await logIn(authenticate, "ann", "\udc81"), null);
  });

  it("takes a password that comes as Latin-1", async () => {
    const authenticate = userList([{ name: "ann", password: "pä55", storage }]);
    assert.equal((await logIn(authenticate, "ann", "p\udce455"))?.name, "ann");
    assert.equal(await logIn(authenticate, "ann", "p\udce555"), null);
  });

  it("gives accounts of one root one storage", async () => {
    const authenticate = userList([
      { name: "ann", password: "1", root: "." },
      { name: "bob", password: "2", root: process.cwd() },
      { name: "eve", password: "3", root: "/" },
    ]);
    const [ann, bob, eve] = await Promise.all(
      ["1", "2", "3"].map((p, i) => logIn(authenticate, ["ann", "bob", "eve"][i] ?? "", p)),
    );
    assert.equal(ann?.storage, bob?.storage);
    assert.notEqual(ann?.storage, eve?.storage);
  });

  it("checks a hash of the same price for a name it does not know", async () => {
    const authenticate = userList([{ name: "ann", passwordHash: await hashPassword("secret"), storage }]);
    const times = { ann: Number.POSITIVE_INFINITY, bob: Number.POSITIVE_INFINITY };
    // In turn, for a busy machine is busy for a while: the best of each counts.
    for (let i = 0; i < 9; i += 1) {
      for (const name of ["ann", "bob"] as const) {
        const since = performance.now();
        await logIn(authenticate, name, "wrong");
        times[name] = Math.min(times[name], performance.now() - since);
      }
    }
    // A hash takes tens of milliseconds, everything else well under one.
    assert.ok(times.bob > times.ann / 6, `${times.bob} ms, ${times.ann} ms`);
  });

  it("gives up a check that waits when the client has gone", async () => {
    const passwordHash = await hashPassword("secret");
    const authenticate = userList([{ name: "ann", passwordHash, storage }]);
    const others = [1, 2, 3].map(() => verifyPassword(passwordHash, "x"));
    const controller = new AbortController();
    const login = authenticate(credentials("ann", "secret"), attempt({ signal: controller.signal }));
    controller.abort("gone");
    await assert.rejects(Promise.resolve(login), (reason) => reason === "gone");
    await Promise.all(others);
  });

  it("names the user and the option that is wrong at once, and never shows a password", () => {
    const ann = { name: "ann", password: "hunter2", storage };
    const wrong: readonly (readonly [readonly unknown[], RegExp])[] = [
      [[{ ...ann, name: "" }], /Cannot use name ""/],
      [[{ ...ann, name: "a\nb" }], /Cannot use name "a\\nb"/],
      [[ann, ann], /Cannot use name "ann": it is there twice/],
      [[null], /Cannot use user null/],
      [[{ ...ann, uploadRate: -5 }], /Cannot use user "ann": Cannot use uploadRate -5: expected a whole number/],
      [[{ ...ann, passwordHash: "hunter2" }], /expected one of password and passwordHash/],
      [[{ ...ann, password: undefined }], /expected one of password and passwordHash/],
      [[{ ...ann, password: undefined, passwordHash: "hunter2" }], /expected an argon2id hash/],
      [[{ ...ann, password: 5 }], /expected text/],
    ];
    for (const [users, message] of wrong) {
      assert.throws(
        () => userList(users as readonly UserOptions[]),
        (error: Error) => message.test(error.message) && !error.message.includes("hunter2"),
        String(message),
      );
    }
    assert.throws(() => userList("ann" as unknown as readonly UserOptions[]), TypeError);
  });
});
