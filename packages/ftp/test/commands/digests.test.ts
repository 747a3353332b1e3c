import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { FakeSession } from "./fake-session.js";
import { AbleStorage } from "./fake-storage.js";

const digest = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest("hex");

function withFiles(): FakeSession {
  return new FakeSession(new AbleStorage({ "/a": "123456789", "/r 2": "two", "/r": "one", "/e": "", "/d": null }));
}

describe("HASH", () => {
  it("tells the SHA-256 of a file, and the range it is of", async () => {
    const { code, text } = await withFiles().command("HASH a");
    assert.deepEqual([code, text], [213, `SHA-256 0-8 ${digest("sha256", "123456789")} /a`]);
    assert.equal((await withFiles().command("HASH e")).text, `SHA-256 0-0 ${digest("sha256", "")} /e`);
  });

  it("uses the algorithm OPTS HASH chose", async () => {
    const session = withFiles();
    for (const [name, hash] of [
      ["SHA-512", digest("sha512", "123456789")],
      ["md5", digest("md5", "123456789")],
      ["CRC32", "cbf43926"],
    ] as const) {
      assert.deepEqual((await session.command(`OPTS HASH ${name}`)).text, name.toUpperCase());
      assert.match((await session.command("HASH a")).text, new RegExp(`^${name} 0-8 ${hash} /a$`, "i"));
    }
  });

  it("refuses a directory with 553 and what is not there with 550", async () => {
    assert.deepEqual(await withFiles().codes("HASH d", "HASH none"), [553, 550]);
  });
});

describe("XCRC and its like", () => {
  it("tell the digest of a file", async () => {
    const session = withFiles();
    assert.deepEqual(await session.command("XCRC a"), { code: 250, text: "CBF43926" });
    for (const [verb, algorithm] of [
      ["XMD5", "md5"],
      ["XSHA1", "sha1"],
      ["XSHA256", "sha256"],
      ["XSHA512", "sha512"],
    ] as const) {
      assert.equal((await session.command(`${verb} a`)).text, digest(algorithm, "123456789").toUpperCase());
    }
    assert.equal((await session.command("MD5 a")).text, `/a ${digest("md5", "123456789").toUpperCase()}`);
  });

  it("take a range, and a path in quotes", async () => {
    const session = withFiles();
    const md5 = async (argument: string) => (await session.command(`XMD5 ${argument}`)).text.toLowerCase();
    assert.equal(await md5("a 3"), digest("md5", "456789"));
    assert.equal(await md5('"a" 3 5'), digest("md5", "45"));
    assert.equal(await md5("a 0 99"), digest("md5", "123456789"));
    assert.equal(await md5("a 9"), digest("md5", ""));
    assert.deepEqual(await session.codes("XMD5 a 10", "XMD5 a 5 3", 'XMD5 "none"'), [501, 501, 550]);
  });

  it("take a name that ends in a number for what it is, where there is such a file", async () => {
    const session = withFiles();
    assert.equal((await session.command("XMD5 r 2")).text.toLowerCase(), digest("md5", "two"));
    assert.equal((await session.command('XMD5 "r" 2')).text.toLowerCase(), digest("md5", "e"));
  });
});
