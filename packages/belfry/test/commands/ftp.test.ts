import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import type { Storage } from "@belfry/ftp";
import type { Server } from "@belfry/server";
import { certificate } from "@belfry/testkit";
import { type Folder, runClient, serveFtp, store, stored, temporaryFolder } from "../ftp/client.js";

describe("belfry ftp", () => {
  let server: Server;
  let storage: Storage;
  let at: string;
  let folder: Folder;
  /** Runs commands as `ann` in the folder. */
  const run = (commands: string, ...args: string[]) =>
    runClient([at, ...args, "-c", `lcd ${folder.path}; ${commands}`]);

  before(async () => {
    ({ server, storage, at } = await serveFtp());
    folder = temporaryFolder();
    await storage.makeDirectory("/pub");
    await store(storage, "/pub/a.txt", "one\r\ntwo\n");
    await store(storage, "/pub/b c.txt", "b");
    await store(storage, "/big", Buffer.alloc(1 << 20, 7));
  });
  after(async () => {
    await server.shutdown({ timeout: 1000 });
    folder[Symbol.dispose]();
  });

  it("does cd, ls, get, send and close", async () => {
    writeFileSync(folder.file("up"), "up");
    const { status, stdout, stderr } = await run("cd pub; ls -1; get a.txt; send up; close", "-q");
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: "a.txt\nb c.txt\n", stderr: "" });
    assert.equal(readFileSync(folder.file("a.txt"), "latin1"), "one\r\ntwo\n");
    assert.equal(String(await stored(storage, "/pub/up")), "up");
    await storage.remove("/pub/up");
  });

  it("takes its commands from standard input, a line each, up to quit", async () => {
    const input = '# a remark\n\n  cd pub\r\nsize "b c.txt"\nquit\nsize a.txt\n';
    const { status, stdout } = await runClient([at], { input });
    assert.deepEqual({ status, stdout }, { status: 0, stdout: "1\n" });
  });

  it("says what was moved on standard error", async () => {
    const { stdout, stderr } = await run("get big");
    assert.equal(stdout, "");
    assert.match(stderr, /^local directory: .*\ngot "big": 1\.00 MiB in [\d.]+ s, [\d.]+ \wiB\/s\n$/);
  });

  it("gives a fetched and a sent file the time of the other", async () => {
    const modified = Date.UTC(2001, 1, 3, 4, 5, 6);
    await (storage as Storage & { setTimes: (path: string, times: object) => Promise<void> }).setTimes("/big", {
      modified,
    });
    await run("get big; put big copy");
    assert.equal(statSync(folder.file("big")).mtimeMs, modified);
    assert.equal((await storage.stat("/copy")).modified, modified);
    assert.equal((await run("modtime copy")).stdout, "2001-02-03T04:05:06Z\n");
    await storage.remove("/copy");
  });

  it("writes a file to standard output and reads one from standard input", async () => {
    assert.equal((await runClient([at, "-q", "-c", "get pub/a.txt -"])).stdout, "one\r\ntwo\n");
    assert.equal((await runClient([at, "-c", "put - in.txt"], { input: "from here" })).status, 0);
    assert.equal(String(await stored(storage, "/in.txt")), "from here");
    await storage.remove("/in.txt");
  });

  it("does not take its own commands for a file", async () => {
    const { status, stderr } = await runClient([at], { input: "put - x\nmore\n" });
    assert.deepEqual([status, stderr], [1, "belfry: Cannot put standard input: the commands come from it\n"]);
  });

  it("completes what an earlier get left, and what another program left", async () => {
    writeFileSync(folder.file("big.belfry-part"), Buffer.alloc(1000, 7));
    assert.match((await run("reget big")).stderr, /got "big": 1\.00 MiB/);
    assert.equal(existsSync(folder.file("big.belfry-part")), false);
    writeFileSync(folder.file("big"), Buffer.alloc(1 << 19, 7));
    assert.match((await run("reget big")).stderr, /got "big": 512 KiB/);
    assert.ok(readFileSync(folder.file("big")).equals(Buffer.alloc(1 << 20, 7)));
    assert.match((await run("reget big")).stderr, /was complete already/);
  });

  it("does not resume a file that is larger than the server's", async () => {
    writeFileSync(folder.file("big2"), Buffer.alloc((1 << 20) + 1));
    const { status, stderr } = await run("reget big big2");
    assert.equal(status, 1);
    assert.match(stderr, /Cannot resume "big": the server has 1\.00 MiB/);
    assert.equal(statSync(folder.file("big2")).size, (1 << 20) + 1);
  });

  it("completes what an earlier put left", async () => {
    writeFileSync(folder.file("long"), "0123456789");
    await store(storage, "/long", "0123");
    assert.match((await run("reput long")).stderr, /put "long": 6 B/);
    assert.equal(String(await stored(storage, "/long")), "0123456789");
    assert.match((await run("append long; size long; delete long")).stdout, /^20\n$/);
  });

  it("changes line ends both ways in ascii, and refuses to resume then", async () => {
    writeFileSync(folder.file("t"), "x\ny\n");
    await run("ascii; put t; get pub/a.txt text");
    assert.equal(readFileSync(folder.file("text"), "latin1"), "one\ntwo\n");
    // The service keeps text with the line ends of its own system.
    assert.equal(String(await stored(storage, "/t")), "x\ny\n");
    assert.match((await run("ascii; reget big")).stderr, /Cannot resume a text transfer/);
    await storage.remove("/t");
  });

  it("moves several files by pattern, asking nobody where nobody sits", async () => {
    mkdirSync(folder.file("m"));
    const { status } = await run(
      "lcd m; mget pub/*.txt; mkdir /m; cd /m; mput *.txt; nlist; mdelete *; cd ..; rmdir m",
    );
    assert.equal(status, 0);
    assert.deepEqual(readdirSync(folder.file("m")).sort(), ["a.txt", "b c.txt"]);
    assert.equal(await stored(storage, "/m/a.txt"), null);
  });

  it("stops at the first command that fails, and with --keep-going does not", async () => {
    const commands = "get nope; size big";
    const stopped = await runClient([at, "-c", commands]);
    assert.deepEqual(stopped, {
      status: 1,
      stdout: "",
      stderr: 'belfry: Cannot get "nope": 550 No such file or directory\n',
    });
    const kept = await runClient([at, "-k", "-c", commands]);
    assert.deepEqual([kept.status, kept.stdout], [1, "1048576\n"]);
  });

  it("leaves nothing behind of a file that is not there", async () => {
    await run("get nope");
    assert.deepEqual(
      readdirSync(folder.path).filter((name) => name.startsWith("nope")),
      [],
    );
  });

  const statuses: readonly [args: string[], status: number, message: RegExp][] = [
    [["SERVER", "-c", "frobnicate"], 2, /Cannot understand "frobnicate"/],
    [["SERVER", "-c", "get"], 2, /Cannot get: expected get REMOTE \[LOCAL\]/],
    [["SERVER", "-c", 'ls "'], 2, /quote " is not closed/],
    [["-4", "-6"], 2, /Cannot use -4 together with -6/],
    [["-c", "ls"], 1, /Not connected/],
    [["127.0.0.1:1", "-c", "ls"], 3, /Cannot connect to 127\.0\.0\.1 port 1: ECONNREFUSED/],
    [["ann:wrong@HOST", "-c", "ls"], 4, /Cannot log in as "ann": 530/],
    [["ann@HOST", "-c", "ls"], 4, /Cannot log in as "ann": no password/],
  ];
  for (const [args, expected, message] of statuses) {
    it(`ends with ${expected} after ${args.join(" ")}`, async () => {
      const host = `127.0.0.1:${server.addr.port}`;
      const { status, stderr } = await runClient(args.map((arg) => arg.replace("SERVER", at).replace("HOST", host)));
      assert.equal(status, expected);
      assert.match(stderr, message);
    });
  }

  it("takes the password from the environment, or from a .netrc that is private", async () => {
    const host = `127.0.0.1:${server.addr.port}`;
    const commands = ["-c", "put - x; delete x"];
    assert.equal((await runClient([`ann@${host}`, ...commands], { env: { BELFRY_FTP_PASSWORD: "secret" } })).status, 0);
    writeFileSync(folder.file(".netrc"), "machine 127.0.0.1 login ann password secret\n", { mode: 0o600 });
    assert.equal((await runClient([host, ...commands], { env: { HOME: folder.path } })).status, 0);
    assert.equal((await runClient(["-n", host, ...commands], { env: { HOME: folder.path } })).status, 1);
  });

  it("leaves the password of a .netrc alone that others can read", { skip: process.platform === "win32" }, async () => {
    const file = folder.file("open-netrc");
    writeFileSync(file, "default login ann password secret\n");
    chmodSync(file, 0o644);
    const { status, stderr } = await runClient([`127.0.0.1:${server.addr.port}`, "-c", "ls"], { env: { NETRC: file } });
    assert.equal(status, 4);
    assert.match(stderr, /warning: the password in ".*open-netrc" is left unused/);
  });

  it("logs in anonymously when nobody is named, and can be somebody else later", async () => {
    const host = `127.0.0.1:${server.addr.port}`;
    const { stdout } = await runClient(["-c", `open ${host}; status; user ann secret; status`]);
    assert.match(stdout, / user +anonymous\n[^]* user +ann\n/);
  });

  it("lets a script name the user behind open, where nobody else may log in", async () => {
    const told: string[] = [];
    const one = await serveFtp({
      authenticate({ user }) {
        told.push(user);
        return user === "ann" ? { name: user, storage } : null;
      },
    });
    const { port } = one.server.addr;
    try {
      const named = await runClient([], { input: `open 127.0.0.1 ${port}\nbinary\nuser ann secret\npwd\n` });
      assert.deepEqual([named.status, named.stdout, told], [0, "/\n", ["ann"]]);
      for (const commands of ["", "quit", "pwd"]) {
        const { status, stderr } = await runClient(["-c", `open 127.0.0.1 ${port}; ${commands}`]);
        assert.deepEqual([status, stderr], [4, 'belfry: Cannot log in as "anonymous": 530 Login incorrect\n']);
      }
    } finally {
      await one.server.close();
    }
  });

  it("tells what the server says to EPSV and PASV, and not what the library makes of it", async () => {
    const one = await serveFtp({ passive: false });
    const { status, stderr } = await runClient([`ann:secret@127.0.0.1:${one.server.addr.port}`, "-c", "ls"]);
    await one.server.close();
    assert.equal(status, 1);
    assert.match(stderr, /^belfry: Cannot (?:ls|list)[^:]*: 502 [^']*\n$/);
  });

  it("shows the conversation without the password", async () => {
    const { stderr } = await runClient([at, "-v", "-c", "pwd"]);
    assert.match(stderr, /> USER ann\n< 331 .*\n> PASS ###\n< 230 /);
    assert.doesNotMatch(stderr, /secret/);
  });

  it("changes to the directory the URL names", async () => {
    assert.equal((await runClient([`ftp://${at}/pub`, "-c", "pwd; cd ..; pwd; cd -; pwd"])).stdout, "/pub\n/\n/pub\n");
  });

  it("sends names in Latin-1 to servers of that kind", async () => {
    const latin = ["--encoding", "latin1", at, "-c", "put - \u00E9.txt; nlist \u00E9*; delete \u00E9.txt"];
    assert.deepEqual((await runClient(latin, { input: "x" })).stdout, "\u00E9.txt\n");
    const asSent = await runClient(["--encoding", "latin1", at, "-c", "mkdir \u00E9"]);
    assert.equal(asSent.status, 0);
    // One byte, which is no UTF-8.
    await storage.removeDirectory("/\uDCE9");
  });

  it("lists every command under help and explains each", async () => {
    const { stdout } = await runClient(["-c", "help; help mget; ? bye"]);
    assert.match(stdout, /^Files\n +get, recv +reget/m);
    assert.match(stdout, /^ +mget REMOTE…\n +fetch several files/m);
    assert.match(stdout, /^ +also: bye, exit$/m);
  });

  it("names its exit statuses in --help", async () => {
    assert.match((await runClient(["--help"])).stdout, /3 when the server cannot be\s+reached.*4 when/s);
  });
});

describe("belfry ftp --active", () => {
  for (const host of ["127.0.0.1", "[::1]"]) {
    it(`has the server make the data connections, over ${host}`, async () => {
      using folder = temporaryFolder();
      const { server, storage } = await serveFtp({ passive: false }, host.replaceAll(/[[\]]/g, ""));
      const content = Buffer.alloc(3_000_000, 5);
      await store(storage, "/f", content);
      try {
        const commands = `lcd ${folder.path}; nlist; get f; put f g; passive on; ls`;
        const at = `ann:secret@${host}:${server.addr.port}`;
        const { status, stdout, stderr } = await runClient([at, "--active", "-c", commands]);
        assert.equal(stdout, "f\n");
        assert.ok(readFileSync(folder.file("f")).equals(content));
        assert.ok((await stored(storage, "/g"))?.equals(content));
        // Switched back, it asks for what this server does not do.
        assert.equal(status, 1);
        assert.match(stderr, /Cannot list the directory: .*50\d/);
      } finally {
        await server.shutdown({ timeout: 1000 });
      }
    });
  }
});

describe("belfry ftp --tls", () => {
  for (const isImplicit of [false, true]) {
    const flag = isImplicit ? "--implicit" : "--tls";
    it(`moves files under TLS with ${flag}, and verifies the certificate`, async () => {
      using folder = temporaryFolder();
      const { server, storage, at } = await serveFtp({
        tls: { credentials: certificate, require: "data", isImplicit, requireSessionReuse: true },
      });
      const content = Buffer.alloc(300_000, 3);
      await store(storage, "/f", content);
      try {
        writeFileSync(folder.file("ca.pem"), certificate.cert);
        const commands = ["-c", `lcd ${folder.path}; get f; put f g; ls; status`];
        const trusted = await runClient([flag, "--cacert", folder.file("ca.pem"), at, ...commands]);
        assert.deepEqual([trusted.status, trusted.stderr.includes("warning")], [0, false]);
        assert.match(trusted.stdout, /protection +TLSv1\.3/);
        assert.ok(readFileSync(folder.file("f")).equals(content));
        assert.ok((await stored(storage, "/g"))?.equals(content));
        const untrusted = await runClient([flag, at, ...commands]);
        assert.deepEqual([untrusted.status, untrusted.stdout], [3, ""]);
        assert.equal((await runClient([flag, "--insecure", "--active", at, ...commands])).status, 0);
        assert.ok(readFileSync(folder.file("f")).equals(content));
        assert.ok((await stored(storage, "/g"))?.equals(content));
      } finally {
        await server.shutdown({ timeout: 1000 });
      }
    });
  }
});
