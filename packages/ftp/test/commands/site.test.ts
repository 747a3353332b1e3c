import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FakeSession } from "./fake-session.js";
import { AbleStorage, FakeStorage } from "./fake-storage.js";

function withFile(): FakeSession {
  return new FakeSession(new AbleStorage({ "/a b": "" }));
}

describe("SITE", () => {
  it("lists its commands", async () => {
    const { code, text } = await withFile().command("SITE help");
    assert.equal(code, 214);
    for (const name of ["HELP", "CHMOD", "UTIME", "WHO"]) assert.match(text, new RegExp(`^${name}`, "m"));
  });

  it("refuses what it does not know, and nothing at all", async () => {
    assert.deepEqual(await withFile().codes("SITE", "SITE  ", "SITE EXEC ls"), [501, 500, 500]);
  });

  it("sets modes", async () => {
    const session = withFile();
    assert.deepEqual(await session.codes("SITE CHMOD 640 a b", "SITE CHMOD 0600 none"), [200, 550]);
    assert.equal(session.storage.nodes.get("/a b")?.mode, 0o640);
    assert.deepEqual(session.hooks, ["setMode /a b", "setMode /none"]);
    const wrong = ["SITE CHMOD", "SITE CHMOD 640", "SITE CHMOD 999 a b", "SITE CHMOD 4755 a b", "SITE CHMOD u+x a b"];
    assert.deepEqual(new Set(await session.codes(...wrong)), new Set([501]));
  });

  it("sets no mode where the storage has none", async () => {
    assert.deepEqual(await new FakeSession(new FakeStorage({ "/a": "" })).codes("SITE CHMOD 600 a"), [504]);
  });

  it("sets times, in each form clients send", async () => {
    const session = withFile();
    const forms = ["20200102030405 a b", "202001020304 a b", "a b 20190101000000 20200102030405 20190101000000 UTC"];
    for (const form of forms) {
      assert.equal((await session.command(`SITE UTIME ${form}`)).code, 200, form);
      const seconds = form.startsWith("202001020304 ") ? 0 : 5;
      assert.equal(session.storage.nodes.get("/a b")?.modified, Date.UTC(2020, 0, 2, 3, 4, seconds));
    }
    assert.deepEqual(
      await session.codes("SITE UTIME", "SITE UTIME x a", "SITE UTIME 20201302030405 a b"),
      [501, 501, 501],
    );
  });

  it("tells the account's own sessions and nobody else's", async () => {
    const { code, text } = await withFile().command("SITE WHO");
    assert.equal(code, 211);
    assert.equal(text, "Sessions of u\nftp#1 in /\n1 in all");
  });
});
