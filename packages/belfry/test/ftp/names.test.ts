import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isSafeName, printable, remoteFolder, remoteName } from "../../src/ftp/names.js";

describe("isSafeName()", () => {
  for (const name of [
    "",
    ".",
    "..",
    "../x",
    "/etc/passwd",
    "a/b",
    "a\nb",
    "\u001B[2J",
    "a\u0000",
    "\u009B1m",
    "\u202Egpj.exe",
  ]) {
    it(`refuses ${JSON.stringify(name)}`, () => assert.equal(isSafeName(name, "linux"), false));
  }

  for (const name of ["a", "..a", "a b", "é", "-x", "a\\b", "C:x"]) {
    it(`takes ${JSON.stringify(name)} on Linux`, () => assert.equal(isSafeName(name, "linux"), true));
  }

  for (const name of ["a\\b", "C:x", "..\\x", "a?"]) {
    it(`refuses ${JSON.stringify(name)} on Windows`, () => assert.equal(isSafeName(name, "win32"), false));
  }
});

describe("printable()", () => {
  it("puts a question mark for all that moves the cursor or turns the writing", () => {
    assert.equal(printable("a\u001B[31mb\r\nc\u007F\u0085\u202Ed é😀"), "a?[31mb??c???d é😀");
  });
});

describe("remoteName() and remoteFolder()", () => {
  it("take a path apart at its last slash", () => {
    assert.deepEqual(
      ["a", "p/a", "/a", "p/"].map((path) => [remoteFolder(path), remoteName(path)]),
      [
        ["", "a"],
        ["p/", "a"],
        ["/", "a"],
        ["p/", ""],
      ],
    );
  });
});
