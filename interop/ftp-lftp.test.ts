import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { bytesOf, putFile, putTree, readTree, timeOf } from "./ftp/files.js";
import { ftpdSite, serviceSite, type Site } from "./ftp/site.js";
import { missing } from "./tools.js";

/** Runs commands in a session; one that fails ends it. */
function lftp(site: Site, ...commands: string[]): Promise<string> {
  const settings = "set cmd:fail-exit yes; set net:max-retries 1; set net:timeout 10; set ftp:ssl-allow no";
  return site.run(["lftp", "--norc", "-c", [settings, `open ${site.url("")}`, ...commands].join("; ")]);
}

describe("lftp with belfry ftpd", { skip: missing("lftp") }, () => {
  const site = ftpdSite();
  const data = bytesOf(3_000_000);
  const remote = (name: string): string => join(site.root, name);
  const local = (name: string): string => join(site.local, name);

  it("mirrors 500 files in 20 directories there and back, their times too", async () => {
    putTree(local("here"), 500, 20);
    await lftp(site, "mirror -R --parallel=4 here there", "mirror --parallel=4 there back");
    const tree = readTree(local("here"));
    assert.equal(Object.keys(tree).length, 520);
    assert.deepEqual(readTree(remote("there")), tree);
    assert.deepEqual(readTree(local("back")), tree);
  });

  it("mirrors what has changed alone, and deletes what has gone", async () => {
    putTree(local("here"), 10, 2);
    await lftp(site, "mirror -R here there");
    putFile(local("here/d 1/new"), "new", timeOf(1));
    putFile(local("here/d 1/file-1.bin"), "changed", timeOf(5000));
    putFile(remote("there/gone/old"), "old");
    const said = await lftp(site, "mirror -R --delete -v here there");
    assert.deepEqual(readTree(remote("there")), readTree(local("here")));
    assert.equal(said.match(/^Transferring file/gm)?.length, 2, said);
  });

  it("gets a file in four pieces at once", async () => {
    putFile(remote("big.bin"), bytesOf(20_000_000));
    await lftp(site, "pget -n 4 big.bin");
    assert.ok(readFileSync(local("big.bin")).equals(bytesOf(20_000_000)));
  });

  it("goes on with transfers that were cut", async () => {
    putFile(remote("down.bin"), data);
    writeFileSync(local("down.bin"), data.subarray(0, 1_234_567));
    putFile(local("up.bin"), data);
    putFile(remote("up.bin"), data.subarray(0, 2_345_678));
    await lftp(site, "get -c down.bin", "put -c up.bin");
    assert.ok(readFileSync(local("down.bin")).equals(data));
    assert.ok(readFileSync(remote("up.bin")).equals(data));
  });

  it("lists: ls, cls, nlist, du, find, and by pattern", async () => {
    putFile(remote("pub/a.txt"), "abc");
    putFile(remote("pub/b.bin"), "abcdef");
    mkdirSync(remote("pub/in"));
    assert.match(await lftp(site, "ls pub"), /^-rw.* 3 May {1,2}6 {1,2}2023 a\.txt$/m);
    assert.equal(await lftp(site, "cls -1 pub"), "pub/a.txt\npub/b.bin\npub/in/\n");
    assert.deepEqual((await lftp(site, "nlist pub")).trim().split(/\r?\n/).sort(), [
      "pub/a.txt",
      "pub/b.bin",
      "pub/in",
    ]);
    assert.equal(await lftp(site, "find pub"), "pub/\npub/a.txt\npub/b.bin\npub/in/\n");
    assert.equal(await lftp(site, "cls -1 pub/*.txt"), "pub/a.txt\n");
    assert.match(await lftp(site, "du -b pub"), /^9\s+pub$/m);
  });

  it("renames, changes modes, makes and removes directories and files", async () => {
    putFile(remote("a.txt"), "abc");
    putFile(remote("old/deep/x"), "x");
    await lftp(site, "mkdir -p new/deep", "mv a.txt new/deep/b.txt", "chmod 600 new/deep/b.txt", "rm -r old");
    assert.deepEqual(Object.keys(readTree(site.root)), ["new/", "new/deep/", "new/deep/b.txt"]);
    assert.equal(statSync(remote("new/deep/b.txt")).mode & 0o777, 0o600);
    await lftp(site, "rm new/deep/b.txt", "rmdir new/deep new");
    assert.deepEqual(readdirSync(site.root), []);
  });

  it("goes on after a transfer that is broken off", async () => {
    putFile(remote("big.bin"), bytesOf(20_000_000));
    putFile(remote("a.txt"), "abc");
    // The reader of the pipe ends early, so lftp sends ABOR, in the middle of a session.
    assert.equal(await lftp(site, "cat big.bin | head -c 0", "cat a.txt"), "abc");
  });
});

describe("lftp with a service that advertises MODE Z", { skip: missing("lftp") }, () => {
  const site = serviceSite({ advertisesCompression: true });

  it("compresses listings and files both ways, and they are the same", async () => {
    putTree(join(site.local, "here"), 20, 3);
    // Not much: lftp takes a second to compress and send two megabytes.
    putFile(join(site.local, "here/text"), "many of the same words, ".repeat(20_000));
    putFile(join(site.local, "here/noise"), bytesOf(400_000));
    putFile(join(site.local, "here/empty"), "");
    const said = await lftp(
      site,
      "debug -o log 9",
      "mirror -R here there",
      "mirror there back",
      "pget -n 3 there/noise",
    );
    assert.equal(said, "");
    const tree = readTree(join(site.local, "here"));
    assert.deepEqual(readTree(join(site.root, "there")), tree);
    assert.deepEqual(readTree(join(site.local, "back")), tree);
    assert.ok(readFileSync(join(site.local, "noise")).equals(bytesOf(400_000)));
    assert.match(readFileSync(join(site.local, "log"), "utf8"), /---> MODE Z/);
  });
});
