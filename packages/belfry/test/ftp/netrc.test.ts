import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findInNetrc } from "../../src/ftp/netrc.js";

const FILE = `# machine h login wrong password wrong
machine other login x password y
machine h
  login ann account none password "a b\\"c"
macdef init
machine h login macro password macro

machine h login bob password b#b
default login anonymous password me@here
`;

describe("findInNetrc()", () => {
  it("finds the first entry of a host, across lines, with quotes taken off", () => {
    assert.deepEqual(findInNetrc(FILE, "H"), { login: "ann", password: 'a b"c' });
  });

  it("finds the entry of one user, past macros", () => {
    assert.deepEqual(findInNetrc(FILE, "h", "bob"), { login: "bob", password: "b#b" });
  });

  it("falls back on the default entry", () => {
    assert.deepEqual(findInNetrc(FILE, "elsewhere"), { login: "anonymous", password: "me@here" });
  });

  it("says nothing of a user it does not know", () => {
    assert.equal(findInNetrc(FILE, "h", "carol"), null);
  });

  it("makes nothing of a file cut short", () => {
    assert.deepEqual(findInNetrc("machine h login", "h"), { login: undefined, password: undefined });
    assert.equal(findInNetrc("login x password y", "h"), null);
    assert.equal(findInNetrc("macdef x\nmachine h login a password b", "h"), null);
  });
});
