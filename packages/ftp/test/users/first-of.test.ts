import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { memoryStorage } from "../../src/storage/memory-storage.js";
import type { Authenticate } from "../../src/users/account.js";
import { firstOf } from "../../src/users/first-of.js";
import { userList } from "../../src/users/user-list.js";
import { logIn } from "./attempt.js";

describe("firstOf", () => {
  const storage = memoryStorage();
  const list = (name: string, password: string): Authenticate =>
    userList([{ name, password, storage, greeting: password }]);

  it("gives the first account there is", async () => {
    const authenticate = firstOf(list("ann", "1"), list("bob", "2"), list("ann", "3"));
    assert.equal((await logIn(authenticate, "bob", "2"))?.name, "bob");
    assert.equal((await logIn(authenticate, "ann", "3"))?.greeting, "3");
    assert.equal(await logIn(authenticate, "ann", "2"), null);
  });

  it("does not ask behind one that throws", async () => {
    const failing = (): never => {
      throw new Error("down");
    };
    await assert.rejects(logIn(firstOf(failing, list("ann", "1")), "ann", "1"), /down/);
  });

  it("turns an empty list away", () => {
    assert.throws(() => firstOf(), TypeError);
  });
});
