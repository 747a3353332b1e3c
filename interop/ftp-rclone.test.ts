import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { bytesOf, putFile, putTree, readTree, timeOf } from "./ftp/files.js";
import { ftpdSite, PASSWORD, USER } from "./ftp/site.js";
import { missing, run } from "./tools.js";

describe("rclone with belfry ftpd", { skip: missing("rclone") }, () => {
  const site = ftpdSite();
  const remote = (name: string): string => join(site.root, name);
  const local = (name: string): string => join(site.local, name);
  let pass = "";
  const there = (path: string): string => `:ftp,host=${site.host},port=${site.port},user=${USER},pass=${pass}:${path}`;
  const rclone = (...args: string[]): Promise<string> =>
    site.run(["rclone", "--retries", "1", "--low-level-retries", "1", ...args]);

  before(async () => {
    pass = String(await run(["rclone", "obscure", PASSWORD], "")).trim();
  });

  it("syncs there and back, checks, and finds no difference", async () => {
    putTree(local("here"), 200, 10);
    await rclone("sync", "here", there("deep/there"));
    await rclone("check", "--download", "here", there("deep/there"));
    assert.deepEqual(readTree(remote("deep/there")), readTree(local("here")));
    await rclone("sync", there("deep/there"), "back");
    assert.deepEqual(readTree(local("back")), readTree(local("here")));
  });

  it("syncs again what has changed alone, and deletes what has gone", async () => {
    putTree(local("here"), 10, 2);
    await rclone("sync", "here", there("there"));
    putFile(local("here/d 1/file-1.bin"), "changed", timeOf(9000));
    putFile(remote("there/gone/old"), "old");
    await rclone("sync", "--log-file", "log", "-v", "here", there("there"));
    await rclone("check", "here", there("there"));
    assert.deepEqual(readTree(remote("there")), readTree(local("here")));
    assert.equal(readFileSync(local("log"), "utf8").match(/: Copied/g)?.length, 1);
  });

  it("lists", async () => {
    putFile(remote("pub/a.txt"), "abc", timeOf(0));
    putFile(remote("pub/in/b.txt"), "abcdef", timeOf(1));
    const files = JSON.parse(await rclone("lsjson", "-R", "--files-only", there("pub"))) as Record<string, unknown>[];
    assert.deepEqual(
      files.map(({ Path, Size, ModTime }) => [Path, Size, Date.parse(String(ModTime))]),
      [
        ["a.txt", 3, timeOf(0).getTime()],
        ["in/b.txt", 6, timeOf(1).getTime()],
      ],
    );
    await assert.rejects(rclone("lsf", there("none")), { code: 3 });
  });

  it("copies, reads, moves, deletes, makes and removes directories", async () => {
    putFile(local("a.bin"), bytesOf(3_000_000), timeOf(4));
    await rclone("copyto", "a.bin", there("one/a.bin"));
    await rclone("moveto", there("one/a.bin"), there("two/b c.bin"));
    assert.deepEqual(Object.keys(readTree(site.root)), ["one/", "two/", "two/b c.bin"]);
    assert.equal(readTree(remote("two"))["b c.bin"], readTree(site.local)["a.bin"]);
    assert.equal(await rclone("cat", "--offset", "5", "--count", "0", there("two/b c.bin")), "");
    await rclone("mkdir", there("three/four"));
    await rclone("rmdir", there("one"));
    await rclone("deletefile", there("two/b c.bin"));
    assert.deepEqual(Object.keys(readTree(site.root)), ["three/", "three/four/", "two/"]);
    await rclone("purge", there("three"));
    assert.deepEqual(Object.keys(readTree(site.root)), ["two/"]);
  });

  it("reads a piece of a file", async () => {
    putFile(remote("a.txt"), "0123456789".repeat(10_000));
    assert.equal(await rclone("cat", "--offset", "50003", "--count", "4", there("a.txt")), "3456");
  });

  it("sends what it does not know the size of", async () => {
    await site.run(["rclone", "rcat", there("new/a.txt")], "from a pipe");
    assert.equal(readFileSync(remote("new/a.txt"), "utf8"), "from a pipe");
  });
});
