import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseTarget, type Target } from "../../src/ftp/target.js";

const NOTHING: Target = {
  host: "h",
  port: undefined,
  user: undefined,
  password: undefined,
  directory: undefined,
  protection: undefined,
};

describe("parseTarget()", () => {
  const cases: readonly [text: string, target: Partial<Target>][] = [
    ["h", {}],
    ["h:2121", { port: 2121 }],
    ["ftp://h", {}],
    ["FTP://h/", {}],
    ["ftps://h", { protection: "implicit" }],
    ["ftpes://h", { protection: "explicit" }],
    ["bob@h", { user: "bob" }],
    ["bob@corp@h", { user: "bob@corp" }],
    ["bob:p:w@h", { user: "bob", password: "p:w" }],
    ["bob:@h", { user: "bob", password: "" }],
    ["bo%62@h", { user: "bo%62" }],
    ["ftp://bo%62:%40%3a@h:21/a%20b/c", { user: "bob", password: "@:", port: 21, directory: "a b/c" }],
    ["h/pub", { directory: "pub" }],
    ["h//etc", { directory: "/etc" }],
    ["[::1]:2121", { host: "::1", port: 2121 }],
  ];
  for (const [text, target] of cases) {
    it(`reads ${text}`, () => assert.deepEqual(parseTarget(text), { ...NOTHING, ...target }));
  }

  for (const text of ["", "http://h", "h:0", "h:65536", "h:x", "::1", "a b:c@", "ftp://%zz@h"]) {
    it(`refuses "${text}" as wrong usage`, () => assert.throws(() => parseTarget(text), { code: "ERR_USAGE" }));
  }

  it("keeps the password out of its message", () => {
    assert.throws(
      () => parseTarget("http://bob:secret@h"),
      (error: Error) => error.message.includes("bob:***@h") && !error.message.includes("secret"),
    );
  });
});
