import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { bytesOf, putFile, readTree, timeOf } from "./ftp/files.js";
import { ftpdSite, PASSWORD, USER } from "./ftp/site.js";
import { atTerminal } from "./ftp/terminal.js";
import { missing } from "./tools.js";

/** What differs between the two that both call themselves `ftp`. */
interface Ftp {
  readonly program: string;
  /** Its options for a session read from standard input. */
  readonly options: readonly string[];
  /** It sets the time of what it gets to that of what it got. */
  readonly keepsTimes: boolean;
}

const FTPS: readonly Ftp[] = [
  { program: "tnftp", options: ["-n", "-v", "-i"], keepsTimes: true },
  { program: "inetutils-ftp", options: ["-n", "-v", "-i"], keepsTimes: false },
];

for (const { program, options, keepsTimes } of FTPS) {
  describe(`${program} with belfry ftpd`, { skip: missing(program) }, () => {
    const site = ftpdSite();
    const data = bytesOf(3_000_000);
    const remote = (name: string): string => join(site.root, name);
    const local = (name: string): string => join(site.local, name);
    const session = (...lines: string[]): Promise<string> => {
      const login = [`open ${site.host} ${site.port}`, `user ${USER} ${PASSWORD}`, "binary"];
      return site.run([program, ...options], [...login, ...lines, "close", "quit", ""].join("\n"));
    };

    it("knows cd, ls, get, send and close", async () => {
      putFile(remote("pub/down.bin"), data, timeOf(9));
      putFile(local("up.bin"), data);
      const said = await session("cd pub", "ls", "get down.bin", "send up.bin");
      assert.match(said, /^-rw\S+ .* 3000000 May {1,2}6 {1,2}2023 down\.bin\r?$/m);
      assert.match(said, /^221 /m);
      assert.ok(readFileSync(local("down.bin")).equals(data));
      assert.ok(readFileSync(remote("pub/up.bin")).equals(data));
      if (keepsTimes) assert.deepEqual(readTree(site.local)["down.bin"], readTree(site.root)["pub/down.bin"]);
    });

    it("gets and puts many by pattern", async () => {
      for (const name of ["a.txt", "b c.txt", "other"]) putFile(remote(`pub/${name}`), `<${name}>`);
      for (const name of ["x.txt", "y.txt"]) putFile(local(name), name);
      await session("cd pub", "mget *.txt", "mput x*", "mput y.txt");
      assert.deepEqual(readdirSync(site.local).sort(), ["a.txt", "b c.txt", "x.txt", "y.txt"]);
      assert.equal(readFileSync(local("b c.txt"), "utf8"), "<b c.txt>");
      assert.deepEqual(readdirSync(remote("pub")).sort(), ["a.txt", "b c.txt", "other", "x.txt", "y.txt"]);
    });

    it("goes on with a download that was cut, and appends", async () => {
      putFile(remote("a.bin"), data);
      putFile(local("a.bin"), data.subarray(0, 1_234_567));
      putFile(remote("log"), "one\n");
      putFile(local("more"), "two\n");
      await session("reget a.bin", "append more log");
      assert.ok(readFileSync(local("a.bin")).equals(data));
      assert.equal(readFileSync(remote("log"), "utf8"), "one\ntwo\n");
    });

    it("renames, changes modes, makes and removes directories and files", async () => {
      putFile(remote("a.txt"), "abc");
      putFile(remote("b.txt"), "abc");
      mkdirSync(remote("old"));
      const said = await session(
        'mkdir "new one"',
        'rename a.txt "new one/c d.txt"',
        "delete b.txt",
        "rmdir old",
        "pwd",
      );
      assert.deepEqual(Object.keys(readTree(site.root)), ["new one/", "new one/c d.txt"]);
      assert.match(said, /^257 "\/"|^Remote directory: \/$/m);
    });

    it("shows size, time, system and status", async () => {
      putFile(remote("a.txt"), "abcde", timeOf(0));
      const said = await session("size a.txt", "modtime a.txt", "system", "rstatus", "nlist", "rhelp", "bell");
      assert.match(said, /^(?:213 5|a\.txt\s+5)\r?$/m);
      assert.match(said, /^a\.txt\s+(?:Sat, 06 May 2023 07:08:09 \+0000|05\/06\/2023 07:08:09)/m);
      assert.match(said, /^215 UNIX/m);
      assert.match(said, /^211[- ]/m);
      assert.match(said, /^214[- ]/m);
    });

    it("breaks off a download on Ctrl-C and goes on in its session", { skip: missing("python3") }, async () => {
      putFile(remote("huge.bin"), "");
      truncateSync(remote("huge.bin"), 2 ** 33);
      putFile(remote("a.txt"), "abc");
      const said = await atTerminal(
        site,
        [program, site.host, `${site.port}`],
        [
          ["Name", `${USER}\n`],
          ["Password:", `${PASSWORD}\n`],
          ["ftp> ", "get huge.bin\n"],
          // Not before: broken off while it prepares to read, tnftp has no memory to read into from then on.
          ["150 ", "\u0003", local("huge.bin")],
          ["ftp> ", "get a.txt\n"],
          ["ftp> ", "quit\n"],
        ],
      );
      assert.match(said, /^426 [^]*^226 [^]*^150 [^]*^226 [^]*^221 /m);
      assert.equal(readFileSync(local("a.txt"), "utf8"), "abc");
    });

    it("moves text in its own line ends", async () => {
      putFile(remote("unix.txt"), "one\ntwo\n");
      putFile(local("up.txt"), "one\ntwo\n");
      await session("ascii", "get unix.txt", "put up.txt");
      assert.equal(readFileSync(local("unix.txt"), "utf8"), "one\ntwo\n");
      assert.equal(readFileSync(remote("up.txt"), "utf8"), "one\ntwo\n");
    });
  });
}
