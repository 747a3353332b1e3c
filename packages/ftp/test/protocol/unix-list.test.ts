import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { decodeText, encodeText } from "../../src/protocol/text.js";
import { formatUnixEntry, UNIX_FIELDS } from "../../src/protocol/unix-list.js";
import type { FileInfo } from "../../src/storage/storage.js";
import { anyName } from "./arbitraries.js";

const NOW = Date.UTC(2026, 10, 20, 12);
const DAY = 86_400_000;
const FILE: FileInfo = { name: "file.txt", type: "file", size: 5, modified: Date.UTC(2026, 10, 3, 9, 7) };
/** What clients make fields of: type and mode, links, owner, group, size, date, and the name after one space. */
const LINE =
  /^([-dlp])([-r][-w][-xsS][-r][-w][-xsS][-r][-w][-xtT]) +(\d+) (\S+) +(\S+) +(\d+) ([A-Z][a-z]{2} [ \d]\d (?:\d\d:\d\d| \d{4})) ([^]*)$/;

describe("formatUnixEntry()", () => {
  it("writes a line as ls -l does", () => {
    assert.equal(
      formatUnixEntry({ ...FILE, mode: 0o640, owner: "1000", group: "staff", links: 2 }, NOW),
      "-rw-r-----   2 1000     staff               5 Nov  3 09:07 file.txt",
    );
  });

  it("fills in what a storage does not know", () => {
    assert.equal(formatUnixEntry(FILE, NOW), "-rw-r--r--   1 ftp      ftp                 5 Nov  3 09:07 file.txt");
    assert.match(formatUnixEntry({ ...FILE, type: "directory" }, NOW), /^drwxr-xr-x /);
    assert.match(formatUnixEntry({ ...FILE, type: "link" }, NOW), /^lrwxrwxrwx /);
    assert.match(formatUnixEntry({ ...FILE, type: "other" }, NOW), /^prw-r--r-- /);
  });

  it("writes every mode", () => {
    for (const [mode, text] of [
      [0, "---------"],
      [0o777, "rwxrwxrwx"],
      [0o124, "--x-w-r--"],
      [0o4755, "rwsr-xr-x"],
      [0o2755, "rwxr-sr-x"],
      [0o1777, "rwxrwxrwt"],
      [0o7000, "--S--S--T"],
      [0o7777, "rwsrwsrwt"],
    ] as const) {
      assert.equal(formatUnixEntry({ ...FILE, mode }, NOW).slice(1, 10), text);
    }
  });

  it("writes the time of day for half a year, and the year before that and for the future", () => {
    for (const [modified, text] of [
      [NOW, "Nov 20 12:00"],
      [NOW + 30_000, "Nov 20 12:00"],
      [NOW + 2 * DAY, "Nov 22  2026"],
      [NOW - 182 * DAY, "May 22 12:00"],
      [NOW - 183 * DAY, "May 21  2026"],
      [0, "Jan  1  1970"],
      [Infinity, "Dec 31  9999"],
      [-Infinity, "Jan  1  0000"],
      [Number.NaN, "Jan  1  1970"],
    ] as const) {
      const line = formatUnixEntry({ ...FILE, modified }, NOW);
      assert.ok(line.endsWith(` ${text} file.txt`), line);
    }
  });

  it("writes each line for itself, whatever the one before was", () => {
    const plain = { ...FILE, mode: 0o644, owner: "1", group: "2", links: 1 };
    const text = formatUnixEntry(plain, NOW);
    for (const other of [
      { type: "directory" as const },
      { mode: 0o600 },
      { owner: "3" },
      { group: "3" },
      { links: 2 },
      { size: 6 },
      { modified: plain.modified + 60_000 },
      { name: "g" },
    ]) {
      assert.notEqual(formatUnixEntry({ ...plain, ...other }, NOW), text);
      assert.equal(formatUnixEntry(plain, NOW), text);
    }
  });

  it("needs no more than the fields it names", () => {
    const info: FileInfo = { ...FILE, created: 1, mode: 0o640, owner: "o", group: "g", links: 3, unique: "u" };
    const kept = Object.fromEntries(UNIX_FIELDS.map((field) => [field, info[field]]));
    const bare = { name: info.name, type: info.type, size: 0, modified: 0, ...kept };
    assert.equal(formatUnixEntry(bare, NOW), formatUnixEntry(info, NOW));
  });

  it("writes sizes beyond 4 GiB in full", () => {
    assert.match(formatUnixEntry({ ...FILE, size: Number.MAX_SAFE_INTEGER }, NOW), / 9007199254740991 Nov/);
  });

  it("keeps owner and group one column each", () => {
    const line = formatUnixEntry({ ...FILE, owner: "Domain Users\r\n", group: "" }, NOW);
    assert.match(line, / Domain_Users\?\? ftp {6}/);
    // The bytes of a no-break space.
    assert.match(formatUnixEntry({ ...FILE, owner: "a\udcc2\udca0b" }, NOW), / a_b /);
    assert.equal(LINE.exec(formatUnixEntry({ ...FILE, owner: "x".repeat(1000) }, NOW))?.[4], "x".repeat(32));
  });

  it("writes a question mark for each control character of a name", () => {
    const line = formatUnixEntry({ ...FILE, name: "a\r\n-rw-r--r-- 1 root root 0 Jan  1 00:00 b" }, NOW);
    assert.ok(line.endsWith(" a??-rw-r--r-- 1 root root 0 Jan  1 00:00 b"));
  });

  it("gives one line whose last field is the name, whatever it is and whatever the other fields are", () => {
    const info = fc.record({
      name: anyName,
      type: fc.constantFrom("file" as const, "directory" as const, "link" as const, "other" as const),
      size: fc.maxSafeNat(),
      modified: fc.integer({ min: -1e13, max: 1e13 }),
      mode: fc.option(fc.integer({ min: 0, max: 0o7777 }), { nil: undefined }),
      owner: fc.option(anyName, { nil: undefined }),
      group: fc.option(anyName, { nil: undefined }),
      links: fc.option(fc.nat(), { nil: undefined }),
    });
    fc.assert(
      fc.property(info, (info) => {
        const line = decodeText(encodeText(formatUnixEntry(info, NOW)));
        assert.doesNotMatch(line, /[\0-\x1f\x7f]/);
        const match = LINE.exec(line);
        assert.ok(match, line);
        assert.equal(match[6], String(info.size));
        assert.equal(match[8], decodeText(encodeText(info.name.replaceAll(/[\0-\x1f\x7f]/g, "?"))));
      }),
      { numRuns: 500 },
    );
  });
});
