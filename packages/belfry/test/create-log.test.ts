import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createLog } from "../src/create-log.js";
import { memoryIo } from "./memory-io.js";

describe("createLog()", () => {
  it("writes messages alone as text", () => {
    const { io, stderr } = memoryIo();
    const log = createLog("text", "info", io.stderr);
    log.write("info", "listening on 127.0.0.1:8000", { service: "clock" });
    log.write("error", "out of luck");
    assert.equal(stderr(), "listening on 127.0.0.1:8000\nout of luck\n");
  });

  it("writes an object a line with level, time, fields and message as JSON", () => {
    const { io, stderr } = memoryIo();
    createLog("json", "info", io.stderr).write("warn", "it rains", { service: "clock", drops: 3 });
    const { time, ...rest } = JSON.parse(stderr()) as Record<string, unknown>;
    assert.deepEqual(rest, { level: "warn", service: "clock", drops: 3, msg: "it rains" });
    assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  for (const format of ["text", "json"] as const) {
    it(`leaves out what is chattier than its level as ${format}`, () => {
      const { io, stderr } = memoryIo();
      const log = createLog(format, "warn", io.stderr);
      log.write("info", "no");
      log.write("debug", "no");
      assert.equal(stderr(), "");
      assert.deepEqual([log.writes("error"), log.writes("warn"), log.writes("info")], [true, true, false]);
    });
  }
});
