import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import {
  FACTS,
  factsFormatter,
  fieldsOf,
  formatFeature,
  parseFactChanges,
  parseFactNames,
} from "../../src/protocol/facts.js";
import type { FileInfo } from "../../src/storage/storage.js";
import { anyName } from "./arbitraries.js";

const FILE: FileInfo = { name: "f", type: "file", size: 5, modified: Date.UTC(2026, 10, 3, 9, 7, 5) };

describe("factsFormatter()", () => {
  it("writes the facts asked for, in that order, and the space before the name", () => {
    const info = { ...FILE, created: 0, mode: 0o644, owner: "1000", group: "staff", unique: "801g2f" };
    assert.equal(
      factsFormatter(FACTS)({ info, perm: "adfrw" }),
      "type=file;size=5;modify=20261103090705;create=19700101000000;perm=adfrw;unique=801g2f;UNIX.mode=0644;UNIX.owner=1000;UNIX.group=staff; ",
    );
    assert.equal(factsFormatter(["size", "type"])({ info, perm: "r" }), "size=5;type=file; ");
    assert.equal(factsFormatter([])({ info, perm: "r" }), " ");
  });

  it("leaves out what is not known, and the size of what is no file", () => {
    assert.equal(factsFormatter(FACTS)({ info: FILE, perm: "" }), "type=file;size=5;modify=20261103090705;perm=; ");
    const info: FileInfo = { ...FILE, type: "directory", size: 0 };
    assert.equal(factsFormatter(["type", "size", "perm"])({ info, perm: "el" }), "type=dir;perm=el; ");
  });

  it("tells the listed directory, its parent, links and other things", () => {
    const info: FileInfo = { ...FILE, type: "directory" };
    assert.equal(factsFormatter(["type"])({ info, type: "cdir", perm: "" }), "type=cdir; ");
    assert.equal(factsFormatter(["type"])({ info, type: "pdir", perm: "" }), "type=pdir; ");
    assert.equal(factsFormatter(["type"])({ info: { ...FILE, type: "link" }, perm: "" }), "type=OS.unix=symlink; ");
    assert.equal(factsFormatter(["type"])({ info: { ...FILE, type: "other" }, perm: "" }), "type=OS.unix=other; ");
  });

  it("lets no owner, group or identity forge a fact or a name", () => {
    fc.assert(
      fc.property(anyName, anyName, anyName, (owner, group, unique) => {
        const text = factsFormatter(FACTS)({ info: { ...FILE, owner, group, unique }, perm: "r" });
        assert.match(
          text,
          /^type=file;size=5;modify=\d+;perm=r;unique=[!-:<-~]*;UNIX.owner=[!-:<-~]*;UNIX.group=[!-:<-~]*; $/,
        );
      }),
    );
    const info = { ...FILE, owner: "a;type=dir; b\r\n" };
    assert.equal(factsFormatter(["UNIX.owner"])({ info, perm: "" }), "UNIX.owner=a_type=dir__b__; ");
  });

  it("passes over facts it does not know, also those every object has", () => {
    assert.equal(factsFormatter(["lang", "constructor", "toString"])({ info: FILE, perm: "" }), " ");
  });
});

describe("parseFactNames()", () => {
  it("takes known names in any case and order, each once, with or without the last semicolon", () => {
    assert.deepEqual(parseFactNames("Modify;TYPE;size;type;"), ["type", "size", "modify"]);
    assert.deepEqual(parseFactNames("unix.MODE"), ["UNIX.mode"]);
  });

  it("passes over the others", () => {
    assert.deepEqual(parseFactNames(""), []);
    assert.deepEqual(parseFactNames(";;lang;media-type;constructor;"), []);
  });

  it("reads the names any choice is written with", () => {
    fc.assert(
      fc.property(fc.subarray([...FACTS]), (facts) => {
        assert.deepEqual(parseFactNames(facts.map((fact) => `${fact};`).join("")), facts);
      }),
    );
  });
});

describe("formatFeature()", () => {
  it("marks the facts that are selected", () => {
    assert.equal(
      formatFeature(["type", "size"]),
      "MLST type*;size*;modify;create;perm;unique;UNIX.mode;UNIX.owner;UNIX.group;",
    );
    assert.doesNotMatch(formatFeature([]), /\*/);
  });
});

describe("parseFactChanges()", () => {
  it("parts facts from the path, which may hold spaces, semicolons and equals signs", () => {
    const changes = parseFactChanges("Modify=20250101000000;unix.mode=644; my file; a=b");
    assert.deepEqual(
      [...(changes?.facts ?? [])],
      [
        ["modify", "20250101000000"],
        ["UNIX.mode", "644"],
      ],
    );
    assert.equal(changes?.path, "my file; a=b");
  });

  it("takes facts without the last semicolon", () => {
    assert.deepEqual(
      [...(parseFactChanges("Modify=1;Create=2 f")?.facts ?? [])],
      [
        ["modify", "1"],
        ["create", "2"],
      ],
    );
  });

  it("keeps facts it does not know as they were sent, and empty values", () => {
    assert.deepEqual(
      [...(parseFactChanges("Lang=;X.y=a=b; f")?.facts ?? [])],
      [
        ["Lang", ""],
        ["X.y", "a=b"],
      ],
    );
  });

  it("keeps spaces at the start of a name", () => {
    assert.equal(parseFactChanges("modify=1;  f")?.path, " f");
  });

  it("gives null for another form, and for a fact named twice", () => {
    for (const text of [
      "",
      " ",
      "file",
      "a b",
      "modify=1;",
      "modify=1; ",
      "=1; f",
      ";modify=1; f",
      "modify=1;;size=2; f",
      "modify; f",
      "modify=1;MODIFY=2; f",
      " modify=1; f",
    ]) {
      assert.equal(parseFactChanges(text), null, text);
    }
  });

  it("reads back any facts and any path", () => {
    const value = fc.stringMatching(/^[A-Za-z0-9.]{0,8}$/);
    fc.assert(
      fc.property(
        fc.subarray([...FACTS], { minLength: 1 }),
        value,
        anyName,
        fc.boolean(),
        (facts, value, path, isEnded) => {
          const text = facts.map((fact) => `${fact}=${value}`).join(";");
          const changes = parseFactChanges(`${text}${isEnded ? ";" : ""} ${path}`);
          assert.deepEqual(
            [...(changes?.facts ?? [])],
            facts.map((fact) => [fact, value]),
          );
          assert.equal(changes?.path, path);
        },
      ),
    );
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(";", "=", " ", "a", "modify", "\0") }), (text) => {
        const changes = parseFactChanges(text);
        assert.ok(changes === null || changes.path !== "");
      }),
    );
  });
});

describe("fieldsOf()", () => {
  it("tells what facts are made from", () => {
    assert.deepEqual(fieldsOf(["type", "size", "perm", "unique"]), ["size", "unique"]);
    assert.deepEqual(fieldsOf(["type", "perm"]), []);
  });

  it("names all a fact is made from: without the others the facts are the same", () => {
    const known = { created: 1000, mode: 0o640, owner: "o", group: "g", links: 3, unique: "u" };
    const info: FileInfo = { ...FILE, ...known };
    for (const fact of FACTS) {
      const kept = Object.fromEntries(fieldsOf([fact]).map((field) => [field, info[field]]));
      const bare = { name: "f", type: "file" as const, size: 0, modified: 0, ...kept };
      assert.equal(factsFormatter([fact])({ info: bare, perm: "r" }), factsFormatter([fact])({ info, perm: "r" }));
    }
  });
});
