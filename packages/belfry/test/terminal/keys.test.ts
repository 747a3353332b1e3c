import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readKeys } from "../../src/terminal/keys.js";

describe("readKeys()", () => {
  it("reads characters, named keys, and several at once", () => {
    assert.deepEqual(readKeys("q"), ["q"]);
    assert.deepEqual(readKeys("\u001B[A\u001BOB\t\u001B[Zx"), ["up", "down", "tab", "shift-tab", "x"]);
    assert.deepEqual(readKeys("\u001B"), ["escape"]);
    assert.deepEqual(readKeys("\u0003"), ["interrupt"]);
  });

  it("leaves out keys without a meaning", () => {
    assert.deepEqual(readKeys("\u001B[15~\u0001é"), ["é"]);
  });
});
