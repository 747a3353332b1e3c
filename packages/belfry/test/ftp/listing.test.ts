import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FileInfo, FileType } from "basic-ftp";
import { columns, longListing, shortListing } from "../../src/ftp/listing.js";

function file(name: string, facts: Partial<FileInfo> = {}): FileInfo {
  return Object.assign(new FileInfo(name), { type: FileType.File, size: 0 }, facts);
}

describe("longListing()", () => {
  it("lines up what is known, sorted by name, directories with a slash and no size", () => {
    const permissions = { user: 6, group: 4, world: 0 };
    const files = [
      file("b", { size: 12_345, permissions, user: "ann", group: "staff", rawModifiedAt: "Nov 20 11:22" }),
      file("a", { type: FileType.Directory, size: 4096, rawModifiedAt: "Nov 1 1999" }),
      file("c", { type: FileType.SymbolicLink, size: 7, link: "b" }),
    ];
    assert.equal(
      longListing(files),
      [
        "d                             Nov 1 1999    a/",
        "-rw-r-----  ann:staff  12345  Nov 20 11:22  b",
        "l                          7                c -> b",
        "",
      ].join("\n"),
    );
  });

  it("leaves out columns in which nothing is known", () => {
    assert.equal(longListing([file("a", { size: 5 })]), "-  5  a\n");
  });

  it("lets no name, owner, link or time reach the terminal as a command", () => {
    const evil = "\u001B]0;x\u0007\n";
    const text =
      longListing([file(evil, { user: evil, link: evil, rawModifiedAt: evil })]) + shortListing([file(evil)]);
    assert.doesNotMatch(text.replaceAll("\n", ""), /[\u0000-\u001F]/);
    assert.equal(text.split("\n").length, 3);
  });
});

describe("columns()", () => {
  it("fills the width downwards, at least one column wide", () => {
    assert.equal(columns(["aa", "b", "c", "d"], 12), "  aa  c\n  b   d\n");
    assert.equal(columns(["aaaa", "b"], 3), "  aaaa\n  b\n");
  });
});
