import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { nameOf, parentOf, quotePath, resolvePath } from "../../src/protocol/path.js";

const segment = fc.oneof(fc.constantFrom("", ".", "..", "...", " ", "a", "~", "\\", '"'), fc.string({ maxLength: 5 }));
const argument = fc.array(segment, { maxLength: 8 }).map((parts) => parts.join("/"));

describe("resolvePath()", () => {
  it("resolves against the working directory, or the root for what begins with a slash", () => {
    for (const [directory, argument, expected] of [
      ["/", "a", "/a"],
      ["/a/b", "c", "/a/b/c"],
      ["/a/b", "/c", "/c"],
      ["/a/b", "", "/a/b"],
      ["/a/b", ".", "/a/b"],
      ["/a/b", "..", "/a"],
      ["/a/b", "../c/./d//", "/a/c/d"],
      ["/a/b", "../../../../x", "/x"],
      ["/", "..", "/"],
      ["/a", "/", "/"],
      ["/a", "//b//", "/b"],
      ["/a", "...", "/a/..."],
      ["/a", " b ", "/a/ b "],
      ["/a", "..\\..", "/a/..\\.."],
      ["/a", "~", "/a/~"],
    ] as const) {
      assert.equal(resolvePath(directory, argument), expected, `${directory} + ${argument}`);
    }
  });

  it("gives a normalised path that resolves to itself, for any argument", () => {
    fc.assert(
      fc.property(argument, argument, (directory, argument) => {
        const path = resolvePath(resolvePath("/", directory), argument);
        assert.match(path, /^\//);
        assert.ok(
          path === "/" ||
            path
              .slice(1)
              .split("/")
              .every((name) => !["", ".", ".."].includes(name)),
          path,
        );
        assert.equal(resolvePath("/elsewhere", path), path);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("quotePath()", () => {
  it("doubles the quotes within, so that the path can be read back", () => {
    assert.equal(quotePath('/a "b"'), '"/a ""b"""');
    fc.assert(
      fc.property(fc.string(), (path) => {
        assert.equal(quotePath(path).slice(1, -1).replaceAll('""', '"'), path);
        assert.match(quotePath(path), /^"(?:[^"]|"")*"$/);
      }),
    );
  });
});

describe("parentOf() and nameOf()", () => {
  it("part a path at its last slash", () => {
    assert.deepEqual([parentOf("/a/b"), nameOf("/a/b")], ["/a", "b"]);
    assert.deepEqual([parentOf("/a"), nameOf("/a")], ["/", "a"]);
  });

  it("give the root for the root", () => {
    assert.deepEqual([parentOf("/"), nameOf("/")], ["/", "/"]);
  });

  it("lead back to the path", () => {
    fc.assert(
      fc.property(argument, (argument) => {
        const path = resolvePath("/", argument);
        assert.equal(resolvePath(parentOf(path), nameOf(path)), path);
      }),
    );
  });
});
