import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { permissionFact } from "../../src/commands/permission-fact.js";
import type { FileInfo, FileType } from "../../src/storage/storage.js";
import type { Permissions } from "../../src/users/account.js";
import { FakeSession } from "./fake-session.js";
import { AbleStorage, FakeStorage } from "./fake-storage.js";

const of = (type: FileType): FileInfo => ({ name: "x", type, size: 0, modified: 0 });

function facts(permissions: Permissions, storage: FakeStorage = new AbleStorage()) {
  return permissionFact(new FakeSession(storage, { permissions }));
}

describe("permissionFact", () => {
  it("tells what may be done with files and with directories", () => {
    const all = facts("write");
    assert.deepEqual([all(of("file"), "/x"), all(of("directory"), "/x")], ["adfrw", "cdeflmp"]);
    const read = facts("read");
    assert.deepEqual([read(of("file"), "/x"), read(of("directory"), "/x")], ["r", "el"]);
    const upload = facts("upload");
    assert.deepEqual([upload(of("file"), "/x"), upload(of("directory"), "/x")], ["", "cel"]);
    assert.equal(facts("none")(of("directory"), "/x"), "");
  });

  it("tells of what is neither that it can be removed, but not read", () => {
    const all = facts("write");
    assert.deepEqual([all(of("link"), "/x"), all(of("other"), "/x")], ["dw", "df"]);
    assert.equal(facts("read")(of("link"), "/x"), "");
  });

  it("tells of the root that it stays", () => {
    const permissionOf = facts("write");
    assert.equal(permissionOf(of("directory"), "/x"), "cdeflmp");
    assert.equal(permissionOf(of("directory"), "/"), "celmp");
    assert.equal(permissionOf(of("directory"), "/y"), "cdeflmp");
  });

  it("follows permissions from directory to directory", () => {
    const permissionOf = facts({ "/": "read", "/in": "write" });
    assert.equal(permissionOf(of("file"), "/x"), "r");
    assert.equal(permissionOf(of("file"), "/in/x"), "adfrw");
    // What is set apart cannot be removed or renamed by who may only read above it.
    assert.equal(permissionOf(of("directory"), "/in"), "celmp");
  });

  it("leaves out what the storage cannot do", () => {
    assert.equal(facts("write", new FakeStorage())(of("file"), "/x"), "drw");
  });
});
