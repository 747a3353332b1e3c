import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import { until, withoutLeaks } from "@belfry/testkit";
import { runClient, temporaryFolder } from "./client.js";
import { type Answer, scriptedServer } from "./scripted-server.js";

/** A listing as servers without MLSD send it. */
function listing(...names: readonly string[]): string {
  return names.map((name) => `-rw-r--r-- 1 ann ann 3 Nov 20 11:22 ${name}\r\n`).join("");
}

const evil: Answer = (session) => void session.send(listing("../out", "/etc/x", "..", "a\u001B[2Jb", "good"));

describe("belfry ftp and a server that means ill", () => {
  it("mget takes no name that leads out of the directory or moves the cursor", async () => {
    using folder = temporaryFolder();
    mkdirSync(folder.file("in"));
    await using server = await scriptedServer({
      LIST: evil,
      RETR: (session) => session.say("550 One data connection only"),
    });
    const { stderr } = await runClient([server.at, "-c", `lcd ${folder.file("in")}; mget ?*`]);
    assert.deepEqual(
      server.heard.filter((line) => line.startsWith("RETR")),
      ["RETR good"],
    );
    assert.match(stderr, /Cannot use "a\?\[2Jb", which the server lists: the name is not safe here/);
    assert.doesNotMatch(stderr, /\u001B/);
    assert.deepEqual([readdirSync(folder.path), readdirSync(folder.file("in"))], [["in"], []]);
  });

  it("refuses a name of two dots where it stands in for the local one", async () => {
    await using server = await scriptedServer({});
    for (const command of ["get pub/..", "mget ..", "mget pub/"]) {
      const { status, stderr } = await runClient([server.at, "-c", command]);
      assert.deepEqual([status, /Cannot (?:use|get) /.test(stderr)], [1, true]);
    }
    assert.equal(
      server.heard.some((line) => line.startsWith("RETR")),
      false,
    );
  });

  it("ls and replies show its control characters as question marks", async () => {
    await using server = await scriptedServer({
      LIST: evil,
      PWD: (session) => session.say('257 "/\u001B]0;x\u0007"'),
      SITE: (session) => session.say("200-\u001B[2J\r\n200 x"),
    });
    const { stdout } = await runClient([server.at, "-k", "-c", "ls; pwd; quote SITE x"]);
    assert.match(stdout, /a\?\[2Jb\n/);
    assert.match(stdout, /^\/\?\]0;x\?$/m);
    assert.doesNotMatch(stdout, /\u001B|\u0007/);
  });
});

describe("belfry ftp and a transfer that breaks", () => {
  it("keeps what came, says where, leaves the old file alone, and goes on", async () => {
    using folder = temporaryFolder();
    writeFileSync(folder.file("f"), "old");
    await using server = await scriptedServer({
      SIZE: (session) => session.say("213 10"),
      RETR: async (session) => {
        session.say("150 Here it comes");
        const data = await session.data();
        data.write("12345");
        await until(
          () => existsSync(folder.file("f.belfry-part")) && readFileSync(folder.file("f.belfry-part")).length === 5,
        );
        data.resetAndDestroy();
        session.say("426 Gone");
      },
      PWD: (session) => session.say('257 "/still/here"'),
    });
    const { status, stdout, stderr } = await runClient([server.at, "-k", "-c", `lcd ${folder.path}; get f; pwd`]);
    assert.equal(status, 1);
    assert.match(stderr, /kept 5 B in "f\.belfry-part": "reget" completes it\nbelfry: Cannot get "f": 426 Gone\n$/);
    assert.equal(stdout, "/still/here\n");
    assert.equal(readFileSync(folder.file("f"), "utf8"), "old");
    assert.equal(readFileSync(folder.file("f.belfry-part"), "utf8"), "12345");
  });

  it("does not take an end that comes too early for the end of the file", async () => {
    using folder = temporaryFolder();
    await using server = await scriptedServer({
      SIZE: (session) => session.say("213 10"),
      RETR: (session) => void session.send("12345"),
    });
    const { status, stderr } = await runClient([server.at, "-c", `lcd ${folder.path}; get f`]);
    assert.equal(status, 1);
    assert.match(stderr, /Cannot get "f": the last 5 B did not come/);
    assert.deepEqual(readdirSync(folder.path), ["f.belfry-part"]);
  });

  it("says why the server took its leave, and how to connect again", async () => {
    await using server = await scriptedServer({
      PWD: (session) => void session.control.end("421 Idle for too long\r\n"),
    });
    const { status, stderr } = await runClient([server.at, "-k", "-c", "pwd; pwd"]);
    assert.equal(status, 1);
    assert.match(stderr, /Lost the connection to 127\.0\.0\.1: 421 Idle for too long; "open" connects again\n$/);
  });

  it("keeps the local file when the disk takes no more", { skip: !existsSync("/dev/full") }, async () => {
    await using server = await scriptedServer({
      RETR: (session) => void session.send(Buffer.alloc(1 << 20)),
      PWD: (session) => session.say('257 "/"'),
    });
    const { status, stdout, stderr } = await runClient([server.at, "-k", "-c", "get f /dev/full; pwd"]);
    assert.deepEqual([status, stdout], [1, "/\n"]);
    assert.match(stderr, /Cannot write "\/dev\/full": ENOSPC/);
  });
});

describe("belfry ftp and Ctrl-C", () => {
  /** Sends a few bytes, then nothing until the transfer is aborted. */
  const stalling: Readonly<Record<string, Answer>> = {
    SIZE: (session) => session.say("213 1000"),
    RETR: async (session) => {
      session.say("150 Here it comes");
      (await session.data()).write("12345");
    },
    ABOR: (session) => session.say("426 Stopped\r\n226 As you wish"),
  };

  it("aborts a stalled transfer, keeps what came, and ends a script with 130", () =>
    withoutLeaks(async () => {
      using folder = temporaryFolder();
      await using server = await scriptedServer(stalling);
      const signals = new EventEmitter();
      const ended = runClient([server.at, "-c", `lcd ${folder.path}; get f; pwd`], { signals });
      await until(
        () => existsSync(folder.file("f.belfry-part")) && readFileSync(folder.file("f.belfry-part")).length === 5,
      );
      signals.emit("SIGINT");
      const { status, stderr } = await ended;
      assert.equal(status, 130);
      assert.match(stderr, /kept 5 B in "f\.belfry-part"/);
      await server.hears("QUIT");
      assert.deepEqual(server.heard.slice(-3), ["ABOR", "NOOP", "QUIT"]);
      assert.equal(signals.listenerCount("SIGINT"), 0);
    }));

  it("aborts an upload so that the server does not take it for complete", async () => {
    using folder = temporaryFolder();
    writeFileSync(folder.file("up"), Buffer.alloc(8 << 20));
    const { promise: cut, resolve } = withResolvers<string>();
    await using server = await scriptedServer({
      STOR: async (session) => {
        session.say("150 Send it");
        const data = await session.data();
        data.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
        data.on("end", () => resolve("end of file"));
        data.once("data", () => data.pause());
      },
      ABOR: async (session) => {
        (await session.data()).resume();
        session.say("426 Stopped\r\n226 As you wish");
      },
    });
    const signals = new EventEmitter();
    const ended = runClient([server.at, "-c", `lcd ${folder.path}; put up`], { signals });
    await server.hears("STOR");
    await new Promise(setImmediate);
    signals.emit("SIGINT");
    const { status, stderr } = await ended;
    assert.deepEqual([status, stderr.replace(/^local.*\n/, "")], [130, ""]);
    assert.equal(await cut, "ECONNRESET");
  });

  it("ends at once the second time, whatever the server does", async () => {
    using folder = temporaryFolder();
    await using server = await scriptedServer({ ...stalling, ABOR: () => {}, NOOP: () => {} });
    const signals = new EventEmitter();
    const ended = runClient([server.at, "-c", `lcd ${folder.path}; get f`], { signals });
    await server.hears("RETR");
    signals.emit("SIGINT");
    await server.hears("ABOR");
    signals.emit("SIGINT");
    assert.equal((await ended).status, 130);
  });

  it("ends a client that waits for its next command with 143 on SIGTERM", async () => {
    await using server = await scriptedServer({ PWD: () => {} });
    const signals = new EventEmitter();
    const ended = runClient([server.at, "-c", "pwd"], { signals });
    await server.hears("PWD");
    signals.emit("SIGTERM");
    signals.emit("SIGTERM");
    assert.equal((await ended).status, 143);
  });
});

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
