import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import stringWidth from "string-width";
import { progressLine } from "../../src/ftp/progress-line.js";

const HALF = { name: "a.bin", before: 0, moved: 5e6, total: 1e7, elapsed: 2500 };

describe("progressLine()", () => {
  it("shows share, bytes, rate and the time left beside a bar", () => {
    assert.equal(progressLine(HALF, 60), "a.bin  ━━━━━━──────   50%  4.77 MiB  1.91 MiB/s   0:03 left");
  });

  it("counts what was there before, but not into the rate", () => {
    const line = progressLine({ ...HALF, before: 4e6, moved: 1e6, elapsed: 1000 }, 100);
    assert.match(line, / 50% .*977 KiB\/s +0:05 left$/);
  });

  it("shows bytes and rate where nobody knows the size", () => {
    assert.match(progressLine({ ...HALF, total: null }, 80), /^a\.bin +4\.77 MiB +1\.91 MiB\/s$/);
  });

  it("never is wider than the terminal, whatever the name, and never moves the cursor", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 20, max: 200 }), (name, columns) => {
        const line = progressLine({ ...HALF, name }, columns);
        assert.ok(stringWidth(line) < columns, `${stringWidth(line)} in ${columns}`);
        assert.doesNotMatch(line, /[\u0000-\u001F\u007F-\u009F]/);
      }),
    );
  });
});
