import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { bytesOf, putFile, putTree, readTree, timeOf } from "./ftp/files.js";
import { ftpdSite } from "./ftp/site.js";
import { missing } from "./tools.js";

describe("wget with belfry ftpd", { skip: missing("wget") }, () => {
  const site = ftpdSite();
  const data = bytesOf(3_000_000);
  const remote = (name: string): string => join(site.root, name);
  const local = (name: string): string => join(site.local, name);
  const wget = (...args: string[]): Promise<string> => site.run(["wget", "-q", "-t", "1", "-T", "10", ...args]);

  it("gets a file", async () => {
    putFile(remote("pub/a.bin"), data, timeOf(2));
    await wget(site.url("pub/a.bin"));
    assert.ok(readFileSync(local("a.bin")).equals(data));
  });

  it("gets a tree with -r, its times too, from the listings", async () => {
    putTree(remote("pub"), 60, 5);
    await wget("-r", "-nH", site.url("pub/"));
    // A listing tells the times of files of last year by the day.
    const byDay = (folder: string): Record<string, string> =>
      Object.fromEntries(Object.entries(readTree(folder)).map(([name, facts]) => [name, facts.replace(/T\S+Z/, "")]));
    assert.deepEqual(byDay(local("pub")), byDay(remote("pub")));
    assert.equal(Object.keys(byDay(local("pub"))).length, 65);
  });

  it("gets what a pattern names", async () => {
    for (const name of ["a.txt", "b.txt", "c.bin"]) putFile(remote(`pub/${name}`), name);
    await wget(site.url("pub/*.txt"));
    assert.deepEqual(Object.keys(readTree(site.local)), ["a.txt", "b.txt"]);
  });

  it("goes on with a download that was cut", async () => {
    putFile(remote("a.bin"), data);
    writeFileSync(local("a.bin"), data.subarray(0, 1_234_567));
    await wget("-c", site.url("a.bin"));
    assert.ok(readFileSync(local("a.bin")).equals(data));
  });

  it("leaves alone with -N what has not changed", async () => {
    const today = new Date(Math.floor(Date.now() / 1000) * 1000 - 86_400_000);
    putFile(remote("a.txt"), "abc", today);
    await wget("-N", site.url("a.txt"));
    writeFileSync(local("a.txt"), "xyz");
    await wget("-N", site.url("a.txt"));
    assert.equal(readFileSync(local("a.txt"), "utf8"), "xyz");
    putFile(remote("a.txt"), "new!", new Date(Date.now() + 60_000));
    await wget("-N", site.url("a.txt"));
    assert.equal(readFileSync(local("a.txt"), "utf8"), "new!");
  });

  it("makes a page of a directory", async () => {
    putFile(remote("pub/a b.txt"), "abc");
    assert.match(await wget("-O", "-", site.url("pub/")), /href="[^"]*a%20b\.txt"/);
  });

  it("is told of what is not there", async () => {
    await assert.rejects(wget(site.url("none.txt")), { code: 8 });
    await assert.rejects(wget(site.url("none/none.txt")), { code: 8 });
  });
});
