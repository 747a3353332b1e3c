import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FakeSession } from "./fake-session.js";
import { AbleStorage, FakeStorage } from "./fake-storage.js";

function withFiles(): FakeSession {
  return new FakeSession(new AbleStorage({ "/a": "12345", "/b": "b", "/d": null, "/20200101000000 x": "" }));
}

describe("DELE", () => {
  it("deletes a file, and tells it", async () => {
    const session = withFiles();
    assert.deepEqual(await session.codes("DELE a", "DELE a", "DELE d"), [250, 550, 550]);
    assert.deepEqual(session.events, ["delete /a"]);
    assert.equal(session.hooks[0], "delete /a");
  });
});

describe("RNFR and RNTO", () => {
  it("rename, also over a file", async () => {
    const session = withFiles();
    assert.deepEqual(await session.codes("RNFR a", "RNTO d/c", "RNFR d/c", "RNTO b"), [350, 250, 350, 250]);
    assert.equal(session.storage.read("/b"), "12345");
    assert.deepEqual(session.events, ["rename /a", "rename /d/c"]);
    assert.deepEqual(session.hooks, ["rename /a /d/c", "rename /d/c /b"]);
  });

  it("belong together: any command between them and the first is forgotten", async () => {
    const session = withFiles();
    for (const between of ["NOOP", "PWD", "XYZZY", "RNFR none", "MKD d"]) {
      await session.codes("RNFR a", between);
      assert.equal((await session.command("RNTO c")).code, 503, between);
    }
  });

  it("are over after one try", async () => {
    const session = withFiles();
    assert.deepEqual(await session.codes("RNFR a", "RNTO d", "RNTO c"), [350, 550, 503]);
    assert.deepEqual(await session.codes("RNFR a", "RNTO", "RNTO c"), [350, 501, 503]);
    assert.deepEqual(await session.codes("RNFR a", "RNTO x\ny", "RNTO c"), [350, 553, 503]);
  });

  it("refuse what is not there, and the root", async () => {
    assert.deepEqual(await withFiles().codes("RNFR none", "RNFR /"), [550, 550]);
  });

  it("do not end a file for who may not overwrite", async () => {
    const session = withFiles();
    session.account = { ...session.account, permissions: ["rename", "list"] };
    assert.deepEqual(await session.codes("RNFR a", "RNTO b"), [350, 550]);
    session.account = { ...session.account, permissions: ["rename"] };
    assert.deepEqual(await session.codes("RNFR a", "RNTO b", "RNFR a", "RNTO c"), [350, 550, 350, 250]);
    assert.equal(session.storage.read("/b"), "b");
  });

  it("are not there where the storage cannot", async () => {
    const session = new FakeSession(new FakeStorage({ "/a": "" }));
    assert.deepEqual(await session.codes("RNFR a"), [502]);
  });
});

describe("SIZE", () => {
  it("tells the size in TYPE I, and not in TYPE A", async () => {
    const session = withFiles();
    assert.deepEqual(
      await session.codes("TYPE A", "SIZE a", "TYPE I", "SIZE d", "SIZE none"),
      [200, 550, 200, 550, 550],
    );
    const { code, text } = await session.command("SIZE a");
    assert.deepEqual([code, text], [213, "5"]);
  });
});

describe("MDTM", () => {
  it("tells a file's time in whole seconds", async () => {
    const session = withFiles();
    const { code, text } = await session.command("MDTM a");
    assert.deepEqual([code, text], [213, "20010909014640"]);
    assert.deepEqual(await session.codes("MDTM d", "MDTM none"), [550, 550]);
  });

  it("sets it in the form old clients use", async () => {
    const session = withFiles();
    assert.equal((await session.command("MDTM 20200102030405 a")).code, 213);
    assert.equal((await session.command("MDTM a")).text, "20200102030405");
    assert.deepEqual(session.hooks, ["setTimes /a"]);
    assert.equal((await session.command("MDTM 20201302030405 a")).code, 550);
  });

  it("reads a file whose name looks like that form", async () => {
    assert.equal((await withFiles().command("MDTM 20200101000000 x")).text, "20010909014640");
  });
});

describe("AVBL", () => {
  it("tells the space, where the storage does", async () => {
    assert.equal((await withFiles().command("AVBL")).text, "1234");
    assert.equal((await withFiles().command("AVBL d")).code, 213);
    assert.equal((await new FakeSession(new FakeStorage()).command("AVBL")).code, 502);
  });
});
