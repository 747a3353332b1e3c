import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it, mock } from "node:test";
import { BulkTouches } from "../../../src/storage/disk/bulk-touches.js";

void describe("BulkTouches", () => {
  void it("go to the pool behind a slow one for twenty times as long, then twice as long each time, up to a minute", () => {
    let now = 1000;
    let duration = 0;
    mock.method(performance, "now", () => now);
    mock.method(fs, "writeSync", (_fd: number, data: Uint8Array) => {
      now += duration;
      return data.length;
    });
    const write = (takes: number): void => {
      duration = takes;
      touches.write(0, new Uint8Array(10), 0);
    };
    const touches = new BulkTouches(true);
    try {
      write(9);
      assert.ok(touches.areQuick);
      for (const [takes, rest] of [
        [10, 200],
        [10, 400],
        [20, 1600],
        [5000, 60_000],
      ] as const) {
        write(takes);
        now += rest - 1;
        assert.ok(!touches.areQuick);
        now += 1;
        assert.ok(touches.areQuick);
      }
      for (let i = 0; i < 64; i += 1) write(1);
      write(10);
      now += 200;
      assert.ok(touches.areQuick);
    } finally {
      mock.restoreAll();
    }
  });

  void it("are none on a file system of another machine", () => {
    assert.ok(!new BulkTouches(false).areQuick);
  });
});
