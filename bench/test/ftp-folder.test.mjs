import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { isPattern, makeFolder } from "../src/ftp/folder.mjs";

const BYTES = 200_000;
const skip = existsSync("/dev/shm") ? false : "there is no /dev/shm";

describe("makeFolder", { skip }, () => {
  it("makes the files that are asked for, and takes all away again", () => {
    const folder = makeFolder({ big: BYTES, small: { count: 3, bytes: 10 }, entries: 2 });
    try {
      assert.ok(isPattern(join(folder.root, "big"), BYTES));
      assert.ok(isPattern(join(folder.root, "small", "2"), 10));
      assert.equal(readFileSync(join(folder.root, "list", "1")).length, 0);
      assert.match(readFileSync(folder.both, "utf8"), /BEGIN PRIVATE KEY[^]*BEGIN CERTIFICATE/);
    } finally {
      folder.remove();
    }
    assert.equal(existsSync(folder.root), false);
  });

  it("names what has been uploaded, and removes only that", () => {
    const folder = makeFolder({ big: 1 });
    try {
      const path = join(folder.root, "up", "x");
      writeFileSync(path, "");
      assert.deepEqual(folder.uploads(), [path]);
      folder.removeUploads();
      assert.deepEqual(folder.uploads(), []);
      assert.ok(existsSync(join(folder.root, "big")));
    } finally {
      folder.remove();
    }
  });
});

describe("isPattern", { skip }, () => {
  it("notices a byte that is wrong, missing, or too much", () => {
    const folder = makeFolder({ big: BYTES });
    try {
      const path = join(folder.root, "big");
      const content = readFileSync(path);
      for (const wrong of [content.subarray(1), content.subarray(0, -1), Buffer.concat([content, Buffer.from("x")])]) {
        writeFileSync(path, wrong);
        assert.equal(isPattern(path, BYTES), false);
      }
      content[BYTES - 5] = (content[BYTES - 5] ?? 0) ^ 1;
      writeFileSync(path, content);
      assert.equal(isPattern(path, BYTES), false);
    } finally {
      folder.remove();
    }
  });
});
