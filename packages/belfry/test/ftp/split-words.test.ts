import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { escapeWord, splitCommands, splitOpenLine, splitWords } from "../../src/ftp/split-words.js";

describe("splitWords()", () => {
  const cases: readonly [line: string, words: readonly string[]][] = [
    ["", []],
    ["  get  a b ", ["get", "a", "b"]],
    ['get "a b" c', ["get", "a b", "c"]],
    ["get 'a \"b\"'", ["get", 'a "b"']],
    ['get "a\\"b"', ["get", 'a"b']],
    ["get a\\ b", ["get", "a b"]],
    ["get a\"b c\"d''e", ["get", "ab cde"]],
    ['put ""', ["put", ""]],
    ["put C:\\dir\\file", ["put", "C:\\dir\\file"]],
    ["get a;b", ["get", "a;b"]],
    ["get 'a\\ b'", ["get", "a\\ b"]],
  ];
  for (const [line, words] of cases) {
    it(`splits ${line || "an empty line"}`, () => assert.deepEqual(splitWords(line), words));
  }

  it("says which quote is not closed", () => {
    assert.throws(() => splitWords('get "a'), { code: "ERR_FTP_USAGE", message: /the quote " is not closed/ });
  });

  it("gives back every name that was escaped", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 })), (names) => {
        assert.deepEqual(splitWords(names.map(escapeWord).join(" ")), names);
      }),
    );
  });
});

describe("splitCommands()", () => {
  it("ends a command at a semicolon outside quotes", () => {
    assert.deepEqual(splitCommands('cd pub; get "a;b" ;; ls a\\;b;'), [
      ["cd", "pub"],
      ["get", "a;b"],
      ["ls", "a;b"],
    ]);
  });
});

describe("splitOpenLine()", () => {
  const cases: readonly [line: string, words: readonly string[], last: string, raw: string][] = [
    ["", [], "", ""],
    ["ge", [], "ge", "ge"],
    ["get ", ["get"], "", ""],
    ["get a\\ b", ["get"], "a b", "a\\ b"],
    ['get x "a b', ["get", "x"], "a b", '"a b'],
  ];
  for (const [line, words, last, raw] of cases) {
    it(`finds the word before the cursor in "${line}"`, () => {
      assert.deepEqual(splitOpenLine(line), { words, last, raw });
    });
  }
});
