import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hashPassword, isPasswordHash, standInFor, verifyPassword } from "../../src/users/password-hash.js";

describe("hashPassword", () => {
  it("makes a hash that only this password fits, with a salt of its own", async () => {
    const [one, other] = await Promise.all([hashPassword("pä55 "), hashPassword("pä55 ")]);
    assert.notEqual(one, other);
    assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.equal(isPasswordHash(one), true);
    assert.equal(await verifyPassword(one, "pä55 "), true);
    assert.equal(await verifyPassword(one, "pä55"), false);
  });

  it("tells bytes that are no UTF-8 apart", async () => {
    const hash = await hashPassword("\udc80");
    assert.equal(await verifyPassword(hash, "\udc80"), true);
    assert.equal(await verifyPassword(hash, "\udc81"), false);
  });

  it("fits the same password sent as Latin-1", async () => {
    const hash = await hashPassword("pä55");
    assert.equal(await verifyPassword(hash, "p\udce455"), true);
    assert.equal(await verifyPassword(hash, "p\udce555"), false);
  });
});

describe("standInFor", () => {
  it("has the same price, and is checked in vain", async () => {
    const hash = await hashPassword("secret");
    const standIn = standInFor(hash);
    assert.equal(standIn.length, hash.length);
    assert.deepEqual(standIn.split("$").slice(0, 4), hash.split("$").slice(0, 4));
    assert.notEqual(standIn.split("$")[4], hash.split("$")[4]);
    assert.equal(await verifyPassword(standIn, "secret"), false);
  });
});

describe("isPasswordHash", () => {
  const salted = "$c29tZXNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA";

  it("takes argon2id", () => {
    assert.equal(isPasswordHash(`$argon2id$v=19$m=19456,t=2,p=1${salted}`), true);
    assert.equal(isPasswordHash(`$argon2id$v=19$m=1048576,t=100,p=64${salted}`), true);
  });

  it("turns away other kinds, other text, and prices nobody could pay", () => {
    const wrong = [
      "",
      "secret",
      `$argon2i$v=19$m=19456,t=2,p=1${salted}`,
      `$argon2id$m=19456,t=2,p=1${salted}`,
      `$argon2id$v=19$m=9999999,t=2,p=1${salted}`,
      `$argon2id$v=19$m=19456,t=101,p=1${salted}`,
      `$argon2id$v=19$m=19456,t=0,p=1${salted}`,
      `$argon2id$v=19$m=19456,t=2,p=0${salted}`,
      `$argon2id$v=19$m=8,t=2,p=2${salted}`,
      "$argon2id$v=19$m=19456,t=2,p=1$$",
      "$2y$10$abcdefghijklmnopqrstuv",
    ];
    for (const text of wrong) assert.equal(isPasswordHash(text), false, text);
  });
});
