import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { WORDS } from "../../../src/ftp/words.js";
import { findWord } from "../../../src/ftp/words/find-word.js";

/** What people type at the prompts of other clients. */
const KNOWN =
  "open user cd lcd pwd lpwd ls dir get mget put send recv mput reget reput append rename delete mdelete mkdir rmdir " +
  "size modtime binary ascii passive status quote help ? close disconnect quit bye exit prompt";

describe("findWord()", () => {
  for (const name of KNOWN.split(" ")) {
    it(`knows ${name}`, () => {
      const { name: found, aliases = [] } = findWord(WORDS, name);
      assert.ok([found, ...aliases].includes(name));
    });
  }

  it("takes the beginning of a word where it fits no other, in any case", () => {
    assert.deepEqual(
      ["bin", "PWD", "mg", "del", "he"].map((typed) => findWord(WORDS, typed).name),
      ["binary", "pwd", "mget", "delete", "help"],
    );
  });

  it("takes a whole word that is the beginning of another", () => {
    assert.equal(findWord(WORDS, "cd").name, "cd");
  });

  it("names the words that fit when several do", () => {
    assert.throws(() => findWord(WORDS, "re"), { code: "ERR_FTP_USAGE", message: /it may mean .*rename.*reget/ });
  });

  it("refuses what it does not know, without letting it at the terminal", () => {
    assert.throws(() => findWord(WORDS, "\u001Bx"), {
      message: 'Cannot understand "?x": no such command; "help" lists them',
    });
  });

  it("has no name twice", () => {
    const names = WORDS.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    assert.deepEqual(names, [...new Set(names)]);
  });
});
