import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { bytesOf, putFile, putTree, readContents, readTree, timeOf } from "./ftp/files.js";
import { ftpdSite, PASSWORD, USER } from "./ftp/site.js";
import { missing } from "./tools.js";

describe("ncftp with belfry ftpd", { skip: missing("ncftpput") }, () => {
  const site = ftpdSite();
  const data = bytesOf(3_000_000);
  const remote = (name: string): string => join(site.root, name);
  const local = (name: string): string => join(site.local, name);
  const at = (...options: string[]): string[] => [
    "-u",
    USER,
    "-p",
    PASSWORD,
    "-P",
    `${site.port}`,
    ...options,
    site.host,
  ];
  const put = (options: string[], folder: string, ...names: string[]): Promise<string> =>
    site.run(["ncftpput", ...at("-V", ...options), folder, ...names]);
  const get = (options: string[], folder: string, ...names: string[]): Promise<string> =>
    site.run(["ncftpget", ...at("-V", ...options), folder, ...names]);

  it("puts and gets a file with its time", async () => {
    putFile(local("a.bin"), data, timeOf(3));
    await put([], "/", "a.bin");
    assert.deepEqual(readTree(site.root), readTree(site.local));
    mkdirSync(local("back"));
    await get([], "back", "/a.bin");
    assert.deepEqual(readTree(local("back")), readTree(site.root));
  });

  it("puts and gets directories with all that is below", async () => {
    putTree(local("here"), 40, 4);
    await put(["-R"], "/", "here");
    assert.deepEqual(readContents(remote("here")), readContents(local("here")));
    mkdirSync(local("back"));
    await get(["-R"], "back", "/here");
    assert.deepEqual(readContents(local("back/here")), readContents(local("here")));
  });

  it("makes the directories on the way with -m", async () => {
    putFile(local("a.txt"), "abc");
    await put(["-m"], "/new/deep", "a.txt");
    assert.equal(readFileSync(remote("new/deep/a.txt"), "utf8"), "abc");
  });

  // There is no such test of ncftpput: 3.2.6 sends REST with the right number and then, by sendfile, the file from its beginning.
  it("goes on with a download that was cut", async () => {
    putFile(remote("a.bin"), data, timeOf(1));
    putFile(local("a.bin"), data.subarray(0, 1_234_567), timeOf(1));
    await get(["-z"], ".", "/a.bin");
    assert.ok(readFileSync(local("a.bin")).equals(data));
  });

  it("appends with -A", async () => {
    putFile(remote("log"), "one\n");
    writeFileSync(local("log"), "two\n");
    await put(["-A"], "/", "log");
    assert.equal(readFileSync(remote("log"), "utf8"), "one\ntwo\n");
  });

  it("puts under another name first with -S, and renames", async () => {
    putFile(local("a.bin"), data);
    await put(["-S", ".part"], "/", "a.bin");
    assert.deepEqual(readContents(site.root), readContents(site.local));
  });

  it("lists with ncftpls", async () => {
    putFile(remote("pub/a.txt"), "abc");
    mkdirSync(remote("pub/in"));
    const list = (...options: string[]): Promise<string> => site.run(["ncftpls", ...options, site.url("pub/")]);
    assert.deepEqual(
      (await list("-1"))
        .trim()
        .split("\n")
        .map((name) => name.trim()),
      ["a.txt", "in"],
    );
    assert.match(await list("-l"), /^-rw\S+ .* 3 .* a\.txt\r?\ndrwx\S+ .* in/m);
  });

  it("does as it is told in a session", async () => {
    putFile(local("a.txt"), "abc", timeOf(1));
    putFile(remote("pub/old.txt"), "old");
    const session = [
      "mkdir new",
      "cd new",
      "put a.txt",
      "rename a.txt b.txt",
      "cd /pub",
      "get old.txt",
      "rm old.txt",
      "cd /",
      "rmdir pub",
      "pwd",
      "chmod 600 new/b.txt",
      "quit",
    ];
    const said = await site.run(["ncftp", ...at()], `${session.join("\n")}\n`);
    assert.deepEqual(Object.keys(readTree(site.root)), ["new/", "new/b.txt"], said);
    assert.equal(readFileSync(local("old.txt"), "utf8"), "old");
  });
});
