import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PrintLog } from "../../src/log/print-log.js";
import { memoryIo } from "../memory-io.js";

describe("PrintLog", () => {
  it("writes a record a line, with who has printed it and where", async () => {
    const { io, stderr } = memoryIo();
    const log = await PrintLog.create(io.stderr);
    log.from({ worker: 2 }).write([{ stream: "stdout", text: 'a "word"', isCut: false }]);
    log.from({}).write([{ stream: "stderr", text: "x", isCut: true }]);
    const records = stderr().trim().split("\n");
    assert.deepEqual(
      records.map((record) => ({ ...(JSON.parse(record) as object), time: null })),
      [
        { level: "info", time: null, event: "printed", worker: 2, stream: "stdout", msg: 'a "word"' },
        { level: "warn", time: null, event: "printed", stream: "stderr", isCut: true, msg: "x" },
      ],
    );
  });

  it("makes no record of the longest piece that a pipe would not take whole", async () => {
    const { io, stderr } = memoryIo();
    const log = await PrintLog.create(io.stderr);
    log.from({ worker: 1_000_000 }).write([{ stream: "stderr", text: "x".repeat(3840), isCut: true }]);
    assert.ok(stderr().length <= 4096, `${stderr().length}`);
  });
});
