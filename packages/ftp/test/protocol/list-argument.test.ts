import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { parseListArgument } from "../../src/protocol/list-argument.js";
import { anyName } from "./arbitraries.js";

describe("parseListArgument()", () => {
  it("parts switches from a path", () => {
    for (const [text, switches, path] of [
      ["", "", ""],
      ["pub", "", "pub"],
      ["-la", "la", ""],
      ["-la pub", "la", "pub"],
      ["-la my files", "la", "my files"],
      ["-a -l pub", "al", "pub"],
      ["-CF", "CF", ""],
      ["-1", "1", ""],
      ["-la ", "la", ""],
      ["-l  x", "l", " x"],
      [" -l", "", " -l"],
      ["pub -l", "", "pub -l"],
    ] as const) {
      assert.deepEqual(parseListArgument(text), { switches, path }, text);
    }
  });

  it("takes what is no switch of ls for a name", () => {
    for (const name of ["-", "-x", "-notes", "-notes of today", "--long", "-l.txt", "-é"]) {
      assert.deepEqual(parseListArgument(name), { switches: "", path: name });
      assert.deepEqual(parseListArgument(`-l ${name}`), { switches: "l", path: name });
    }
  });

  it("takes everything behind two dashes for the path", () => {
    assert.deepEqual(parseListArgument("-- -x"), { switches: "", path: "-x" });
    assert.deepEqual(parseListArgument("-a -- -l"), { switches: "a", path: "-l" });
    assert.deepEqual(parseListArgument("-- --"), { switches: "", path: "--" });
    assert.deepEqual(parseListArgument("--"), { switches: "", path: "" });
  });

  it("lets any name through behind two dashes, and any that begins with no dash alone", () => {
    fc.assert(
      fc.property(anyName, (name) => {
        assert.deepEqual(parseListArgument(`-la -- ${name}`), { switches: "la", path: name });
        if (!name.startsWith("-")) assert.deepEqual(parseListArgument(name), { switches: "", path: name });
      }),
    );
  });
});
