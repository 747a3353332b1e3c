import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { compileGlob, hasGlob } from "../../src/ftp/glob.js";

describe("compileGlob()", () => {
  const cases: readonly [pattern: string, yes: readonly string[], no: readonly string[]][] = [
    ["*.txt", ["a.txt", "a.b.txt"], ["a.txt.gz", ".txt", "txt"]],
    ["a?c", ["abc", "a.c", "aéc", "a😀c"], ["ac", "abbc"]],
    ["[a-c]1", ["a1", "c1"], ["d1", "a", "-1"]],
    ["[!a-c]*", ["d", "dab"], ["a", "cd"]],
    ["[]]x", ["]x"], ["x", "[]]x"]],
    ["[ab", ["[ab"], ["a", "b"]],
    [".*", [".a"], ["a"]],
    ["a*b*c", ["abc", "axxbxxc", "abbcc"], ["acb", "ab"]],
  ];
  for (const [pattern, yes, no] of cases) {
    it(`takes ${pattern} as a shell does`, () => {
      const isWanted = compileGlob(pattern);
      assert.deepEqual(
        yes.filter((name) => !isWanted(name)),
        [],
        "should match",
      );
      assert.deepEqual(
        no.filter((name) => isWanted(name)),
        [],
        "should not match",
      );
    });
  }

  it("agrees with an expression made from the same pattern", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "*", "?") });
    fc.assert(
      fc.property(text, fc.string({ unit: fc.constantFrom("a", "b") }), (pattern, name) => {
        const expression = new RegExp(`^${pattern.replaceAll("?", ".").replaceAll("*", ".*")}$`);
        assert.equal(compileGlob(pattern)(name), expression.test(name));
      }),
    );
  });

  it("is not slowed down by many stars", () => {
    const isWanted = compileGlob(`${"*a".repeat(200)}b`);
    const began = performance.now();
    assert.equal(isWanted("a".repeat(5000)), false);
    assert.ok(performance.now() - began < 2000);
  });
});

describe("hasGlob()", () => {
  it("tells a pattern from a name", () => {
    assert.deepEqual(["a*", "a?", "[a]", "a.txt"].map(hasGlob), [true, true, true, false]);
  });
});
