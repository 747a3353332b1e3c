import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import type { Storage } from "@belfry/ftp";
import type { Server } from "@belfry/server";
import { until } from "@belfry/testkit";
import { type Folder, serveFtp, store, temporaryFolder } from "./client.js";
import { scriptedServer } from "./scripted-server.js";
import { startTerminal, type Terminal } from "./terminal.js";

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const UP = "\u001B[A";

describe("belfry ftp at a terminal", () => {
  let server: Server;
  let storage: Storage;
  let folder: Folder;
  let host: string;
  let at: string;
  const start = (...args: string[]): Terminal => startTerminal(args, { HOME: folder.path });

  before(async () => {
    ({ server, storage, at } = await serveFtp());
    host = `127.0.0.1:${server.addr.port}`;
    await storage.makeDirectory("/pub");
    for (const name of ["apple.txt", "apricot jam.txt", "plum.txt"]) await store(storage, `/pub/${name}`, name);
  });
  after(() => server.shutdown({ timeout: 1000 }));

  it("runs what is typed, shows the server's words, and ends with 0 on quit, whatever failed", async () => {
    using home = temporaryFolder();
    folder = home;
    const terminal = start(at);
    await terminal.shows(/220 Ready\n[^]*230 Logged in\n[^]*ftp> /);
    terminal.type("get nope\n");
    await terminal.shows(/Cannot get "nope": 550 .*\n[^]*ftp> /);
    terminal.type("cd pub\n");
    await terminal.shows(/\n\/pub\n[^]*ftp> /);
    terminal.type("bye\n");
    assert.equal(await terminal.ended, 0);
    assert.equal(terminal.isRaw(), false);
  });

  it("ends with 0 on Ctrl-D", async () => {
    using home = temporaryFolder();
    folder = home;
    const terminal = start();
    await terminal.shows(/ftp> /);
    terminal.type(CTRL_D);
    assert.equal(await terminal.ended, 0);
  });

  it("drops a line on Ctrl-C, and ends with 130 on the second in a row", async () => {
    using home = temporaryFolder();
    folder = home;
    const terminal = start();
    await terminal.shows(/ftp> /);
    terminal.type(`help get${CTRL_C}`);
    await terminal.shows(/\^C\n[^]*ftp> /);
    terminal.type(CTRL_C);
    await terminal.shows(/\^C\nCtrl-C once more, Ctrl-D or quit ends this\n[^]*ftp> /);
    terminal.type("lpwd\n");
    await terminal.shows(/\n\/.*\n[^]*ftp> /);
    terminal.type(CTRL_C);
    await terminal.shows(/once more[^]*ftp> /);
    terminal.type(CTRL_C);
    assert.equal(await terminal.ended, 130);
    assert.doesNotMatch(terminal.screen(), /fetch a file/);
  });

  it("aborts a transfer on Ctrl-C and stays, and ends with 130 when that takes too long", async () => {
    using home = temporaryFolder();
    let isDeaf = false;
    await using stalling = await scriptedServer({
      RETR: async (session) => {
        session.say("150 Here it comes");
        (await session.data()).write("12345");
      },
      ABOR: (session) => {
        if (!isDeaf) session.say("426 Stopped\r\n226 As you wish");
      },
      NOOP: (session) => {
        if (!isDeaf) session.say("200 Here");
      },
      PWD: (session) => session.say('257 "/here"'),
    });
    const terminal = startTerminal([`anonymous@${stalling.at}`], { HOME: home.path });
    await terminal.shows(/ftp> /);
    terminal.type(`lcd ${home.path}\n`);
    await terminal.shows(/ftp> /);
    for (const isLast of [false, true]) {
      isDeaf = isLast;
      terminal.type("get f\n");
      await until(() => existsSync(home.file("f.belfry-part")) && statSync(home.file("f.belfry-part")).size === 5);
      assert.equal(terminal.isRaw(), false);
      terminal.interrupt();
      if (isLast) break;
      await terminal.shows(/kept 5 B in "f.belfry-part": "reget" completes it\nstopped\n[^]*ftp> /);
      rmSync(home.file("f.belfry-part"));
      terminal.type("pwd\n");
      await terminal.shows(/\n\/here\n[^]*ftp> /);
      // The server's one data connection is used up.
      terminal.type("open\n");
      await terminal.shows(/ftp> /);
    }
    terminal.interrupt();
    assert.equal(await terminal.ended, 130);
  });

  it("asks for a password without showing it", async () => {
    using home = temporaryFolder();
    folder = home;
    const terminal = start(`ann@${host}`);
    await terminal.shows(/Password for ann: /);
    terminal.type("secret\n");
    await terminal.shows(/230 Logged in\n[^]*ftp> /);
    terminal.type(CTRL_D);
    await terminal.ended;
    assert.doesNotMatch(terminal.screen(), /secret/);
  });

  it("asks who logs in where nobody is named, and takes a bare Enter for anonymous", async () => {
    using home = temporaryFolder();
    folder = home;
    const terminal = start(host);
    await terminal.shows(/220 Ready\n[^]*Name \(127\.0\.0\.1:anonymous\): /);
    terminal.type("ann\n");
    await terminal.shows(/Password for ann: /);
    terminal.type("secret\n");
    await terminal.shows(/230 Logged in\n[^]*ftp> /);
    terminal.type(`open ${host}\n`);
    await terminal.shows(/Name \(127\.0\.0\.1:anonymous\): /);
    terminal.type("\n");
    await terminal.shows(/230 Logged in\n[^]*ftp> /);
    terminal.type("status\n");
    await terminal.shows(/user +anonymous\n[^]*ftp> /);
    terminal.type("quit\n");
    assert.equal(await terminal.ended, 0);
    assert.doesNotMatch(terminal.screen(), /secret|Password for anonymous/);
  });

  it("says how to go on where no name is given", async () => {
    using home = temporaryFolder();
    folder = home;
    const terminal = start(host);
    await terminal.shows(/Name .*: /);
    terminal.type(CTRL_D);
    await terminal.shows(/\nCannot log in: no name; "user NAME" logs in\n[^]*ftp> /);
    terminal.type("user anonymous\n");
    await terminal.shows(/230 Logged in\n[^]*ftp> /);
    terminal.type("quit\n");
    assert.equal(await terminal.ended, 0);
  });

  it("asks for no name that .netrc or an option tells, and never for commands of -c", async () => {
    using home = temporaryFolder();
    folder = home;
    writeFileSync(home.file(".netrc"), "machine 127.0.0.1 login ann password secret\n", { mode: 0o600 });
    for (const args of [[host], [host, "--no-netrc", "--user", "anonymous"]]) {
      const terminal = start(...args);
      await terminal.shows(/220 Ready\n230 Logged in\n[^]*ftp> /);
      terminal.type("quit\n");
      await terminal.ended;
    }
    const script = start(host, "--no-netrc", "-c", "status");
    assert.equal(await script.ended, 0);
    assert.match(script.screen(), /user +anonymous\n/);
    assert.doesNotMatch(script.screen(), /Name/);
  });

  it("stays when a login is refused, for another try, and says how", async () => {
    using home = temporaryFolder();
    folder = home;
    const terminal = start(`ann:wrong@${host}`);
    await terminal.shows(/Cannot log in as "ann": 530 .*; "user NAME" logs in\n[^]*ftp> /);
    terminal.type("user ann secret\n");
    await terminal.shows(/230 Logged in\n[^]*ftp> /);
    terminal.type("quit\n");
    assert.equal(await terminal.ended, 0);
  });

  it("asks about each file: yes, no, all that are left", async () => {
    using home = temporaryFolder();
    folder = home;
    mkdirSync(folder.file("in"));
    const terminal = start(at);
    await terminal.shows(/ftp> /);
    terminal.type(`lcd ${folder.file("in")}\n`);
    await terminal.shows(/ftp> /);
    terminal.type("mget pub/*\n");
    await terminal.shows(/get "apple.txt"\? \[Y\/n\/all\/quit\] /);
    terminal.type("n\n");
    await terminal.shows(/get "apricot jam.txt"\? /);
    terminal.type("a\n");
    await terminal.shows(/got "pub\/plum.txt"[^]*ftp> /);
    terminal.type("quit\n");
    await terminal.ended;
    assert.deepEqual(readdirSync(folder.file("in")).sort(), ["apricot jam.txt", "plum.txt"]);
  });

  it("takes a bare Enter for yes, but not where something would be deleted", async () => {
    using home = temporaryFolder();
    folder = home;
    await store(storage, "/doomed1", "x");
    await store(storage, "/doomed2", "x");
    const terminal = start(at);
    await terminal.shows(/ftp> /);
    terminal.type(`lcd ${home.path}\nmget doomed?\n`);
    for (const name of ["doomed1", "doomed2"]) {
      await terminal.shows(new RegExp(`get "${name}"\\? \\[Y/n/all/quit\\] `));
      terminal.type("\n");
    }
    await terminal.shows(/got "doomed2"[^]*ftp> /);
    terminal.type("mdelete doomed?\n");
    await terminal.shows(/delete "doomed1"\? \[y\/N\/all\/quit\] /);
    terminal.type("\n");
    await terminal.shows(/delete "doomed2"\? /);
    terminal.type("y\n");
    await terminal.shows(/deleted "doomed2"[^]*ftp> /);
    terminal.type("quit\n");
    await terminal.ended;
    assert.deepEqual(
      readdirSync(home.path).filter((name) => name.startsWith("d")),
      ["doomed1", "doomed2"],
    );
    assert.equal((await storage.stat("/doomed1")).size, 1);
    await assert.rejects(storage.stat("/doomed2"));
    await storage.remove("/doomed1");
  });

  it("runs every line of what is pasted, and keeps the begun one", async () => {
    using home = temporaryFolder();
    folder = home;
    const terminal = start(at);
    await terminal.shows(/ftp> /);
    terminal.type("cd pub\nsize plum.txt\nsize app");
    await terminal.shows(/\n8\n[^]*size app/);
    terminal.type("le.txt\n");
    await terminal.shows(/\n9\n[^]*ftp> /);
    terminal.type("quit\n");
    await terminal.ended;
  });

  it("completes commands, remote names with their blanks, and local directories", async () => {
    using home = temporaryFolder();
    folder = home;
    mkdirSync(folder.file("documents"));
    writeFileSync(folder.file("document"), "");
    const terminal = start(at);
    await terminal.shows(/ftp> /);
    terminal.type("siz\t");
    await terminal.shows(/e /);
    terminal.type("pu\t");
    await terminal.shows(/b\//);
    terminal.type("apr\t");
    await terminal.shows(/icot\\ jam\.txt /);
    terminal.type("\n");
    await terminal.shows(/\n15\n[^]*ftp> /);
    terminal.type(`lcd ${folder.path}/doc\t`);
    await terminal.shows(/uments\//);
    terminal.type("\n");
    await terminal.shows(/local directory: .*documents\n[^]*ftp> /);
    terminal.type("quit\n");
    await terminal.ended;
  });

  it("keeps a private history without passwords, for the next time", async () => {
    using home = temporaryFolder();
    folder = home;
    const terminal = start();
    const lines = [
      "lpwd",
      "user ann geheim",
      " lls",
      `open ann:geheim@${host}`,
      "quote PASS geheim",
      "usr ann geheim",
      "type",
    ];
    for (const line of lines) {
      await terminal.shows(/ftp> /);
      terminal.type(`${line}\n`);
    }
    await terminal.shows(/ftp> /);
    terminal.type(`help ls\n`);
    await terminal.shows(/ftp> /);
    terminal.type(CTRL_D);
    await terminal.ended;
    const file = folder.file(".local/state/belfry/ftp-history");
    assert.equal(readFileSync(file, "utf8"), "lpwd\nhelp ls\n");
    if (process.platform !== "win32") assert.equal(statSync(file).mode & 0o777, 0o600);

    const next = start();
    await next.shows(/ftp> /);
    next.type(`${UP}${UP}\n`);
    await next.shows(/lpwd[^]*\n\/.*\n[^]*ftp> /);
    next.type(CTRL_D);
    await next.ended;
  });

  it("puts the history where XDG_STATE_HOME says", async () => {
    using home = temporaryFolder();
    const terminal = startTerminal([], { XDG_STATE_HOME: home.file("state") });
    await terminal.shows(/ftp> /);
    terminal.type("lpwd\nquit\n");
    await terminal.ended;
    assert.equal(existsSync(home.file("state/belfry/ftp-history")), true);
  });
});
