import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isColoured } from "../../src/terminal/is-coloured.js";
import { memoryIo } from "../memory-io.js";

describe("isColoured()", () => {
  for (const [isTTY, env, expected] of [
    [true, { TERM: "xterm" }, true],
    [true, { TERM: "xterm", NO_COLOR: "" }, true],
    [true, { TERM: "xterm", NO_COLOR: "1" }, false],
    [true, { TERM: "dumb" }, false],
    [false, { TERM: "xterm" }, false],
  ] as const) {
    it(`is ${expected} with ${JSON.stringify(env)} ${isTTY ? "at a terminal" : "in a pipe"}`, () => {
      const { io } = memoryIo(env);
      assert.equal(isColoured({ ...io, stdout: Object.assign(io.stdout, { isTTY }) }), expected);
    });
  }
});
