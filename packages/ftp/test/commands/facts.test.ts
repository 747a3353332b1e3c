import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FakeSession } from "./fake-session.js";
import { AbleStorage, FakeStorage } from "./fake-storage.js";

const TIME = "20200102030405";
const MS = Date.UTC(2020, 0, 2, 3, 4, 5);

function withFile(): FakeSession {
  return new FakeSession(new AbleStorage({ "/a b": "" }));
}

describe("FACT_VERBS", () => {
  it("set the time of a change", async () => {
    const session = withFile();
    const { code, text } = await session.command(`MFMT ${TIME} a b`);
    assert.deepEqual([code, text], [213, `Modify=${TIME}; a b`]);
    assert.equal(session.storage.nodes.get("/a b")?.modified, MS);
    assert.deepEqual(session.hooks, ["setTimes /a b"]);
  });

  it("refuse what is no time, and a file that is not there", async () => {
    const codes = await withFile().codes(
      "MFMT x a",
      "MFMT 20201302030405 a b",
      "MFMT 2020 a b",
      `MFMT ${TIME}`,
      `MFMT ${TIME} x`,
    );
    assert.deepEqual(codes, [501, 501, 501, 501, 550]);
  });

  it("refuse the time of making where the storage keeps none", async () => {
    assert.deepEqual(await withFile().codes(`MFCT ${TIME} a b`), [504]);
  });

  it("set several facts, and answer with those that were set", async () => {
    const session = withFile();
    const { code, text } = await session.command(`MFF Modify=${TIME};Create=${TIME};unix.mode=0600 a b`);
    assert.deepEqual([code, text], [213, `Modify=${TIME};UNIX.mode=0600; a b`]);
    assert.equal(session.storage.nodes.get("/a b")?.mode, 0o600);
    assert.equal(session.storage.nodes.get("/a b")?.modified, MS);
  });

  it("change nothing when one of them is unknown or wrong", async () => {
    const session = withFile();
    const before = { ...session.storage.nodes.get("/a b") };
    const codes = await session.codes(
      `MFF Modify=${TIME};size=5; a b`,
      `MFF Modify=${TIME};UNIX.mode=999; a b`,
      "MFF Modify=5; a b",
      "MFF a b",
      `MFF Create=${TIME}; a b`,
    );
    assert.deepEqual(codes, [504, 501, 501, 501, 504]);
    assert.deepEqual(session.storage.nodes.get("/a b"), before);
  });

  it("are not there where the storage cannot", async () => {
    const session = new FakeSession(new FakeStorage({ "/a": "" }));
    assert.deepEqual(await session.codes(`MFMT ${TIME} a`, "MFF UNIX.mode=600; a"), [502, 504]);
  });

  it("take a mode only of who may set modes", async () => {
    const session = withFile();
    session.account = { ...session.account, permissions: ["setTimes"] };
    assert.deepEqual(await session.codes("MFF UNIX.mode=600; a b", `MFF Modify=${TIME}; a b`), [550, 213]);
  });
});
