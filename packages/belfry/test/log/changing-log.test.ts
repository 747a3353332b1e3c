import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createChangingLog } from "../../src/log/changing-log.js";
import { memoryIo } from "../memory-io.js";

describe("createChangingLog()", () => {
  it("writes in the format and from the level on that it was given last, in order", async () => {
    const { io, stderr } = memoryIo();
    const log = await createChangingLog("text", "info", io.stderr);
    log.write("info", "one");
    await log.change("json", "warn");
    assert.equal(log.writes("info"), false);
    log.write("info", "no");
    log.write("warn", "two");
    await log.change("text", "debug");
    log.gather("debug", "three", () => ({}));
    log.write("info", "four");
    const [first, second = "", ...others] = stderr().split("\n");
    assert.deepEqual([first, others], ["one", ["three", "four", ""]]);
    assert.equal((JSON.parse(second) as { msg: string }).msg, "two");
  });
});
