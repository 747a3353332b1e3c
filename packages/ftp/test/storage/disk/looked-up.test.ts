import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { lookUp, roomFor, statsIn } from "../../../src/storage/disk/looked-up.js";
import { temporaryRoot } from "../temporary-root.js";

/** What may be told of a name, as {@link statsIn} has it. */
function expected(path: string | Buffer): unknown {
  const { mode, size, mtimeMs, birthtimeMs, nlink, uid, gid, dev, ino } = fs.lstatSync(path);
  return { mode, size, mtimeMs, birthtimeMs, nlink, uid, gid, dev, ino };
}

void describe("lookUp", () => {
  void it("finds of each name what the system says of it, and that it has vanished", () => {
    const { root, stop } = temporaryRoot();
    try {
      fs.writeFileSync(join(root, "file"), "12345");
      fs.mkdirSync(join(root, "directory"));
      fs.symlinkSync("nowhere", join(root, "link"));
      const found = roomFor(10);
      lookUp({ prefix: `${root}/`, names: "file/gone/directory/link", found }, fs);
      assert.deepEqual(statsIn(found, 0), expected(join(root, "file")));
      assert.equal(statsIn(found, 1), null);
      assert.deepEqual(statsIn(found, 2), expected(join(root, "directory")));
      assert.deepEqual(statsIn(found, 3), expected(join(root, "link")));
    } finally {
      stop();
    }
  });

  void it("takes names for the bytes they are", { skip: process.platform !== "linux" }, () => {
    const { root, stop } = temporaryRoot();
    try {
      const bytes = Buffer.from([0x66, 0xff, 0xc3, 0xa9]);
      const path = Buffer.concat([Buffer.from(`${root}/`), bytes]);
      fs.writeFileSync(path, "1");
      const found = roomFor(1);
      lookUp({ prefix: `${root}/`, names: bytes.toString("latin1"), found }, fs);
      assert.deepEqual(statsIn(found, 0), expected(path));
    } finally {
      stop();
    }
  });

  void it("tells names that may not be looked at from such as have vanished", () => {
    const found = roomFor(2);
    const lstatSync = ((path: string) => {
      throw Object.assign(new Error(path), { code: path === "/a" ? "EACCES" : "EIO" });
    }) as unknown as typeof fs.lstatSync;
    lookUp({ prefix: "/", names: "a/b", found }, { lstatSync });
    assert.deepEqual([statsIn(found, 0), statsIn(found, 1)], [undefined, null]);
  });
});
