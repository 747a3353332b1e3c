import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { bytesOf, putFile, timeOf } from "./ftp/files.js";
import { ftpdSite } from "./ftp/site.js";
import { missing } from "./tools.js";

describe("curl with belfry ftpd", { skip: missing("curl") }, () => {
  const site = ftpdSite();
  const data = bytesOf(3_000_000);
  const remote = (name: string): string => join(site.root, name);
  const local = (name: string): string => join(site.local, name);
  const curl = (...args: string[]): Promise<string> => site.run(["curl", "-sS", ...args]);

  it("sends a file and gets it back with its time", async () => {
    putFile(local("up.bin"), data);
    await curl("-T", "up.bin", site.url(""));
    assert.ok(readFileSync(remote("up.bin")).equals(data));
    putFile(remote("up.bin"), data, timeOf(7));
    await curl("-R", "-o", "down.bin", site.url("up.bin"));
    assert.ok(readFileSync(local("down.bin")).equals(data));
    assert.equal(statSync(local("down.bin")).mtimeMs, timeOf(7).getTime());
  });

  it("lists a directory, long and by names", async () => {
    putFile(remote("pub/a.txt"), "abc");
    mkdirSync(remote("pub/in"));
    const lines = (await curl(site.url("pub/"))).trimEnd().split("\n");
    assert.match(lines.join("\n"), /^-rw\S+ .* 3 May {1,2}6 {1,2}2023 a\.txt$/m);
    assert.match(lines.join("\n"), /^drwx\S+ .* in$/m);
    const names = (await curl("-l", site.url("pub/"))).trimEnd().split(/\r?\n/);
    assert.deepEqual(names.sort(), ["a.txt", "in"]);
  });

  it("shows size and time with -I", async () => {
    putFile(remote("a.bin"), bytesOf(1234), timeOf(0));
    assert.deepEqual((await curl("-I", site.url("a.bin"))).trimEnd().split(/\r?\n/), [
      "Last-Modified: Sat, 06 May 2023 07:08:09 GMT",
      "Content-Length: 1234",
      "Accept-ranges: bytes",
    ]);
  });

  it("goes on with a download that was cut", async () => {
    putFile(remote("a.bin"), data);
    writeFileSync(local("a.bin"), data.subarray(0, 1_234_567));
    await curl("-C", "-", "-O", site.url("a.bin"));
    assert.ok(readFileSync(local("a.bin")).equals(data));
  });

  it("goes on with an upload that was cut", async () => {
    putFile(local("a.bin"), data);
    putFile(remote("a.bin"), data.subarray(0, 1_234_567));
    await curl("-C", "-", "-T", "a.bin", site.url(""));
    assert.ok(readFileSync(remote("a.bin")).equals(data));
  });

  it("appends with -a", async () => {
    putFile(remote("log"), "one\n");
    putFile(local("more"), "two\n");
    await curl("-a", "-T", "more", site.url("log"));
    assert.equal(readFileSync(remote("log"), "utf8"), "one\ntwo\n");
  });

  it("takes a piece out of the middle and breaks off", async () => {
    putFile(remote("big.bin"), bytesOf(20_000_000));
    await curl("-v", "--stderr", "log", "-r", "100-10102", "-o", "piece", site.url("big.bin"));
    assert.ok(readFileSync(local("piece")).equals(bytesOf(20_000_000).subarray(100, 10_103)));
    const log = readFileSync(local("log"), "utf8");
    assert.match(log, /> ABOR\r?\n[^]*< 426 /);
  });

  it("makes the directories on the way with --ftp-create-dirs", async () => {
    putFile(local("a.txt"), "abc");
    await curl("--ftp-create-dirs", "-T", "a.txt", site.url("new/deep/er/"));
    assert.equal(readFileSync(remote("new/deep/er/a.txt"), "utf8"), "abc");
  });

  it("finds a file by each of its ways to a directory", async () => {
    putFile(remote("a/b/c.txt"), "abc");
    for (const way of ["multicwd", "nocwd", "singlecwd"]) {
      assert.equal(await curl("--ftp-method", way, site.url("a/b/c.txt")), "abc", way);
    }
  });

  it("renames, changes modes and deletes with -Q", async () => {
    putFile(remote("a.txt"), "abc");
    putFile(remote("b.txt"), "xyz");
    const commands = ["RNFR a.txt", "RNTO c d.txt", "SITE CHMOD 600 c d.txt", "DELE b.txt", "MKD made", "RMD made"];
    await curl("-I", ...commands.flatMap((command) => ["-Q", command]), site.url(""));
    assert.deepEqual(readdirSync(site.root), ["c d.txt"]);
    assert.equal(statSync(remote("c d.txt")).mode & 0o777, 0o600);
  });

  it("moves text in its own line ends", async () => {
    for (const path of [local("unix.txt"), remote("unix.txt")]) putFile(path, "one\ntwo\n");
    assert.equal(await curl("-B", site.url("unix.txt")), "one\ntwo\n");
    await curl("-B", "-T", "unix.txt", site.url("copy.txt"));
    assert.equal(readFileSync(remote("copy.txt"), "utf8"), "one\ntwo\n");
  });

  it("is told of what is not there", async () => {
    const failing = (url: string, code: number): Promise<void> => assert.rejects(curl(url), { code });
    await failing(site.url("none.txt"), 78);
    await failing(site.url("none/"), 9);
    await failing(site.url("").replace("sesame", "wrong"), 67);
    assert.ok(!existsSync(local("none.txt")));
  });
});
