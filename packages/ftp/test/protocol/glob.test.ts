import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { compileGlob, hasGlob } from "../../src/protocol/glob.js";
import { ReplyError } from "../../src/protocol/reply.js";

describe("compileGlob()", () => {
  it("matches as shells do", () => {
    for (const [pattern, yes, no] of [
      ["", [""], ["a"]],
      ["abc", ["abc"], ["", "ab", "abcd", "ABC"]],
      ["*", ["", "a", "a.b", "日本"], []],
      ["*.txt", ["a.txt", ".txt", "a.txt.txt"], ["a.txt2", "txt"]],
      ["a*", ["a", "abc"], ["ba", ""]],
      ["a*b*c", ["abc", "axbyc", "abbcc"], ["acb", "ab", "abcx"]],
      ["**a", ["a", "ba"], ["ab"]],
      ["?", ["a", "é", "😀", "\udce9"], ["", "ab"]],
      ["a?c", ["abc", "a😀c"], ["ac", "abbc"]],
      ["[abc]x", ["ax", "cx"], ["dx", "x", "abx"]],
      ["[a-cx]", ["a", "b", "c", "x"], ["d", "-"]],
      ["[!a-c]", ["d", "-"], ["a", ""]],
      ["[^a]", ["b"], ["a"]],
      ["[]]", ["]"], ["["]],
      ["[!]]", ["a"], ["]"]],
      ["[a-]", ["a", "-"], ["b"]],
      ["[c-a]", [], ["a", "b", "c"]],
      ["[あ-ん]", ["い"], ["漢"]],
      ["[😀-😎]", ["😃"], ["🚀"]],
      ["[ab", ["[ab"], ["a"]],
      ["[", ["["], [""]],
      ["[]", ["[]"], ["]"]],
      ["a[*]b", ["a*b"], ["axb"]],
      ["{a,b}", ["{a,b}"], ["a"]],
      ["\\*", ["\\", "\\x"], ["*"]],
    ] as const) {
      const matches = compileGlob(pattern);
      for (const name of yes) assert.equal(matches(name), true, `${pattern} takes ${name}`);
      for (const name of no) assert.equal(matches(name), false, `${pattern} refuses ${name}`);
    }
  });

  it("agrees with a regular expression, over borders of 32 places too", () => {
    const unit = fc.constantFrom("a", "b", "?", "*", "[ab]", "[!a]", "😀");
    const character = fc.constantFrom("a", "b", "c", "😀");
    fc.assert(
      fc.property(
        fc.array(unit, { maxLength: 70 }).filter((units) => units.filter((each) => each === "*").length <= 2),
        fc.array(character, { maxLength: 80 }).map((all) => all.join("")),
        (units, name) => {
          const source = units.map((each) => SOURCES.get(each) ?? each).join("");
          assert.equal(compileGlob(units.join(""))(name), new RegExp(`^${source}$`, "su").test(name));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("takes a name made after the pattern, however long", () => {
    const piece = fc.tuple(fc.constantFrom("?", "x", "[x-z]", "*"), fc.stringMatching(/^[xyz]{0,9}$/));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 100 }), (pieces) => {
        const chosen = pieces.filter(([unit], index) => unit !== "*" || index % 20 === 0);
        const name = chosen.map(([unit, text]) => (unit === "*" ? text : "x")).join("");
        assert.equal(compileGlob(chosen.map(([unit]) => unit).join(""))(name), true);
      }),
    );
  });

  it("gives the same answer again for the same name", () => {
    const matches = compileGlob("*a?");
    assert.deepEqual(["xab", "xba", "xab"].map(matches), [true, false, true]);
  });

  it("takes 8 stars, several in a row as one, and refuses the ninth with 501", () => {
    assert.equal(compileGlob("*a".repeat(8))("a".repeat(8)), true);
    assert.equal(compileGlob("*".repeat(100))("x"), true);
    assert.throws(
      () => compileGlob("*a".repeat(9)),
      (error) => error instanceof ReplyError && error.reply.code === 501,
    );
  });

  it("refuses a pattern over 1,024 characters with 501", () => {
    assert.equal(compileGlob("?".repeat(1024))("x".repeat(1024)), true);
    assert.throws(
      () => compileGlob("?".repeat(1025)),
      (error) => error instanceof ReplyError && error.reply.code === 501,
    );
  });

  it("ends soon where a search that goes back would not", () => {
    const matches = compileGlob(`${"*a?".repeat(8)}b`);
    assert.equal(matches("a".repeat(1_000_000)), false);
  });
});

describe("hasGlob()", () => {
  it("is true for stars, question marks and opening brackets", () => {
    for (const text of ["*", "a?b", "[x"]) assert.equal(hasGlob(text), true);
    for (const text of ["", "plain", "]", "{a}"]) assert.equal(hasGlob(text), false);
  });
});

const SOURCES: ReadonlyMap<string, string> = new Map([
  ["?", "."],
  ["*", ".*"],
  ["[!a]", "[^a]"],
]);
