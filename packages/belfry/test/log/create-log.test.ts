import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createLog } from "../../src/log/create-log.js";
import { memoryIo } from "../memory-io.js";

describe("createLog()", () => {
  it("writes messages alone as text", async () => {
    const { io, stderr } = memoryIo();
    const log = await createLog("text", "info", io.stderr);
    log.write("info", "listening on 127.0.0.1:8000", { service: "clock" });
    log.write("error", "out of luck");
    assert.equal(stderr(), "listening on 127.0.0.1:8000\nout of luck\n");
  });

  it("writes an object a line with level, time, fields and message as JSON", async () => {
    const { io, stderr } = memoryIo();
    const log = await createLog("json", "info", io.stderr);
    log.write("warn", "it rains", { service: "clock", drops: 3 });
    const { time, ...rest } = JSON.parse(stderr()) as Record<string, unknown>;
    assert.deepEqual(rest, { level: "warn", service: "clock", drops: 3, msg: "it rains" });
    assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  for (const format of ["text", "json"] as const) {
    it(`keeps the order of what is gathered and what is not as ${format}`, async () => {
      const { io, stderr } = memoryIo();
      const log = await createLog(format, "info", io.stderr);
      log.gather("info", "one", () => ({ event: "one" }));
      log.gather("debug", "no", () => assert.fail("fields nobody asked for"));
      assert.equal(stderr(), "");
      log.write("info", "two");
      assert.match(stderr(), /^[^\n]*one[^\n]*\n[^\n]*two[^\n]*\n$/);
    });

    it(`leaves out what is chattier than its level as ${format}`, async () => {
      const { io, stderr } = memoryIo();
      const log = await createLog(format, "warn", io.stderr);
      log.write("info", "no");
      log.write("debug", "no");
      assert.equal(stderr(), "");
      assert.deepEqual([log.writes("error"), log.writes("warn"), log.writes("info")], [true, true, false]);
    });
  }
});
