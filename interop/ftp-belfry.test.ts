import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { bytesOf, putFile, readContents, timeOf } from "./ftp/files.js";
import { ftpdSite, type Site } from "./ftp/site.js";
import { NO_VSFTPD, vsftpdSite } from "./ftp/vsftpd.js";
import { BELFRY } from "./tools.js";

interface Server {
  readonly name: string;
  readonly skip: string | false;
  readonly site: () => Site;
  /** The URL of its root. */
  readonly url: (site: Site) => string;
}

const SERVERS: readonly Server[] = [
  { name: "belfry ftpd", skip: false, site: ftpdSite, url: (site) => site.url("") },
  { name: "vsftpd", skip: NO_VSFTPD, site: vsftpdSite, url: ({ host, port }) => `ftp://${host}:${port}/` },
];

for (const { name, skip, site: makeSite, url } of SERVERS) {
  describe(`belfry ftp with ${name}`, { skip }, () => {
    const site = makeSite();
    const data = bytesOf(3_000_000);
    const remote = (path: string): string => join(site.root, path);
    const local = (path: string): string => join(site.local, path);
    const session = (...lines: string[]): Promise<string> =>
      site.run([...BELFRY, "ftp", "-n", "-i", url(site)], `${lines.join("\n")}\n`);

    it("knows cd, ls, get, send and close", async () => {
      putFile(remote("pub/down.bin"), data, timeOf(9));
      putFile(local("up.bin"), data);
      const said = await session("cd pub", "ls", "get down.bin", "send up.bin up.bin", "close");
      assert.match(said, /down\.bin/);
      assert.ok(readFileSync(local("down.bin")).equals(data));
      assert.ok(readFileSync(remote("pub/up.bin")).equals(data));
    });

    it("gets and puts many, of names with spaces and beyond ASCII", async () => {
      for (const file of ["a.txt", "b c.txt", "☃.txt", "other"]) putFile(remote(`pub/${file}`), `<${file}>`);
      for (const file of ["x.txt", "y z.txt", "naïve"]) putFile(local(`here/${file}`), `<${file}>`);
      await session("cd pub", "mget *.txt", "cd ..", "mkdir in", "cd in", "lcd here", "mput *");
      assert.deepEqual(readContents(remote("in")), readContents(local("here")));
      for (const file of ["a.txt", "b c.txt", "☃.txt"]) assert.equal(readFileSync(local(file), "utf8"), `<${file}>`);
    });

    it("goes on with transfers that were cut, and appends", async () => {
      putFile(remote("down.bin"), data);
      writeFileSync(local("down.bin"), data.subarray(0, 1_234_567));
      putFile(local("up.bin"), data);
      putFile(remote("up.bin"), data.subarray(0, 2_345_678));
      putFile(remote("log"), "one\n");
      putFile(local("more"), "two\n");
      await session("reget down.bin", "reput up.bin", "append more log");
      assert.ok(readFileSync(local("down.bin")).equals(data));
      assert.ok(readFileSync(remote("up.bin")).equals(data));
      assert.equal(readFileSync(remote("log"), "utf8"), "one\ntwo\n");
    });

    it("renames, makes and removes directories and files, tells sizes and times", async () => {
      putFile(remote("a.txt"), "abcde", timeOf(0));
      putFile(remote("b.txt"), "abc");
      putFile(remote("old/x"), "");
      const said = await session(
        "size a.txt",
        "modtime a.txt",
        'mkdir "new one"',
        'rename a.txt "new one/c d.txt"',
        "delete b.txt",
        "delete old/x",
        "rmdir old",
        'cd "new one"',
        "pwd",
      );
      assert.deepEqual(Object.keys(readContents(site.root)), ["new one/", "new one/c d.txt"]);
      assert.match(said, /5/);
      assert.match(said, /2023/);
      assert.match(said, /\/new one/);
    });

    it("moves text in its own line ends", async () => {
      putFile(remote("unix.txt"), "one\ntwo\n");
      putFile(local("up.txt"), "one\ntwo\n");
      await session("ascii", "get unix.txt", "put up.txt");
      assert.equal(readFileSync(local("unix.txt"), "utf8"), "one\ntwo\n");
      assert.equal(readFileSync(remote("up.txt"), "utf8"), "one\ntwo\n");
    });

    it("takes active mode", async () => {
      putFile(remote("down.bin"), data);
      putFile(local("up.bin"), data);
      await session("passive off", "get down.bin", "put up.bin");
      assert.ok(readFileSync(local("down.bin")).equals(data));
      assert.ok(readFileSync(remote("up.bin")).equals(data));
    });

    it("ends with 1 when a file is not there", async () => {
      await assert.rejects(session("get none"), { code: 1 });
    });
  });
}
