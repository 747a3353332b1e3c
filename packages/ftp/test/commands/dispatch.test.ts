import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { dispatch } from "../../src/commands/dispatch.js";
import { DECLINED } from "../../src/commands/declined.js";
import { VERBS } from "../../src/commands/verbs.js";
import { StorageError } from "../../src/storage/storage-error.js";
import { FakeSession } from "./fake-session.js";
import { AbleStorage, FakeStorage } from "./fake-storage.js";

describe("dispatch", () => {
  it("answers 500 to what is no command", async () => {
    const session = new FakeSession();
    assert.deepEqual(await session.codes("XYZZY", "", "NO OP", "GET / HTTP/1.1"), [500, 500, 500, 500]);
  });

  it("answers 502 to what the RFCs have and it has not", async () => {
    const session = new FakeSession();
    for (const { name } of DECLINED) assert.equal((await session.command(name)).code, 502, name);
  });

  it("asks for the login before anything that is not public", async () => {
    const session = new FakeSession();
    session.isLoggedIn = false;
    for (const verb of VERBS.values()) {
      if (verb.isPublic === true) continue;
      assert.equal((await session.command(verb.name)).code, 530, verb.name);
    }
  });

  it("lets these be used before the login, and no others", () => {
    const names = [...VERBS.values()].filter(({ isPublic }) => isPublic === true).map(({ name }) => name);
    assert.deepEqual(
      names.toSorted(),
      "AUTH CCC CLNT CSID FEAT HELP HOST LANG NOOP OPTS PASS PBSZ PROT QUIT REIN SYST USER".split(" "),
    );
  });

  it("answers 501 to an argument that is missing, and to one too many", async () => {
    const session = new FakeSession();
    for (const verb of VERBS.values()) {
      const isRight = verb.argument === "none" || verb.isOptional === true;
      if (!isRight) assert.equal((await session.command(verb.name)).code, 501, verb.name);
      if (verb.argument === "none") assert.equal((await session.command(`${verb.name} x`)).code, 501, verb.name);
    }
  });

  it("answers 425 at once to a transfer without PASV or PORT", async () => {
    const session = new FakeSession(new AbleStorage({ "/a": "1" }));
    const codes = await session.codes("RETR a", "STOR b", "STOU", "APPE a", "LIST", "NLST", "MLSD");
    assert.deepEqual(codes, [425, 425, 425, 425, 425, 425, 425]);
  });

  it("answers 521 to a transfer in the clear where TLS is required", async () => {
    const session = new FakeSession(new AbleStorage({ "/a": "1" }), { requireTls: "data" });
    assert.equal((await session.fetch("RETR a"))[0], 521);
    session.state.isDataProtected = true;
    assert.deepEqual(await session.fetch("RETR a"), [226, "1"]);
  });

  it("answers 550 to everything an account without permissions asks of files", async () => {
    const session = new FakeSession(new AbleStorage({ "/a": "1", "/d": null }), { permissions: "none" });
    const commands = [
      "RETR a|STOR a|STOR new|STOU|APPE a|APPE new|LIST|LIST a|NLST|NLST *|MLSD|MLST|STAT a|CWD d|CDUP|MKD e|RMD d|DELE a",
      "RNFR a|SIZE a|MDTM a|AVBL|MFMT 20200101000000 a|MFCT 20200101000000 a|MFF Modify=20200101000000; a",
      "MDTM 20200101000000 a|HASH a|MD5 a|XCRC a|XMD5 a|XSHA1 a|XSHA256 a|XSHA512 a|SITE CHMOD 600 a",
      "SITE UTIME 20200101000000 a",
    ].flatMap((line) => line.split("|"));
    session.state.form = { type: "I", mode: "S" };
    for (const command of commands) assert.equal((await session.fetch(command))[0], 550, command);
    const asked = new Set(commands.map((command) => command.split(" ")[0]));
    const missing = [...VERBS.values()].filter(
      ({ name, permission, source }) => permission !== undefined && source !== "RFC 775" && !asked.has(name),
    );
    // RNTO is refused for want of its RNFR as well.
    assert.deepEqual(
      missing.map(({ name }) => name),
      ["RNTO"],
    );
    assert.deepEqual([...session.storage.nodes.keys()], ["/", "/a", "/d"]);
    assert.equal(session.storage.open, 0);
  });

  it("answers 553 to a name with control characters, whatever the verb", async () => {
    const session = new FakeSession();
    session.state.form = { type: "I", mode: "S" };
    for (const verb of VERBS.values()) {
      if (verb.argument !== "path") continue;
      assert.equal((await session.fetch(`${verb.name} a\nb`))[0], 553, verb.name);
    }
    for (const command of ["LIST", "NLST", "STAT", "STOU", "MDTM", "XCRC", "MFMT 20200101000000"]) {
      assert.equal((await session.fetch(`${command} a\rb`))[0], 553, command);
    }
  });

  it("answers in the same tick where the command does", () => {
    const outcome = dispatch(new FakeSession(), { verb: "EPSV", argument: "" });
    assert.ok(!(outcome instanceof Promise));
  });

  it("answers with what a storage's error stands for, and never shows a path of the server", async () => {
    const session = new FakeSession();
    session.storage.failure = new StorageError("no-space", "/d", { cause: new Error("ENOSPC: /srv/files/d") });
    const answer = await session.command("MKD d");
    assert.deepEqual([answer.code, answer.text], [452, "No space left"]);
  });

  it("answers 451 to what nobody expected, and tells it as an event", async () => {
    const session = new FakeSession();
    session.storage.failure = new TypeError("/srv/files is odd");
    const answer = await session.command("MKD d");
    assert.deepEqual([answer.code, answer.text], [451, "The server failed to do that"]);
    assert.deepEqual(session.events, ["failed"]);
  });

  it("tells no event of what a client did wrong", async () => {
    const session = new FakeSession(new FakeStorage());
    assert.deepEqual(await session.codes("CWD nowhere", "DELE nothing"), [550, 550]);
    await session.command("MODE Z");
    assert.equal((await session.upload("STOR a", "not compressed")).code, 451);
    assert.deepEqual(session.events, []);
  });

  it("refuses what a before-hook refuses, with its reply", async () => {
    const { ReplyError } = await import("../../src/protocol/reply.js");
    const before = (): never => {
      throw new ReplyError(553, "Not on Sundays");
    };
    const session = new FakeSession(new AbleStorage({ "/a": "1" }), {}, { before });
    assert.deepEqual(await session.codes("MKD d", "DELE a"), [553, 553]);
    assert.equal((await session.fetch("RETR a"))[0], 553);
    assert.equal(session.storage.read("/a"), "1");
  });

  it("gives every sequence of commands one final reply each, and holds nothing afterwards", async () => {
    const names = fc.constantFrom(...VERBS.keys(), "XYZZY");
    const words = fc.constantFrom(
      "a",
      "d",
      "d/b",
      "*",
      "-la",
      "ALL",
      "I",
      "A",
      "Z",
      "20200102030405",
      "5",
      "Modify=5;",
      "\0",
    );
    const argument = fc.oneof(
      fc.array(words, { maxLength: 3 }).map((parts) => parts.join(" ")),
      fc.string(),
    );
    const commands = fc.array(fc.tuple(names, argument), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(commands, fc.boolean(), async (lines, isAble) => {
        const files = { "/a": "12345", "/d": null, "/d/b": "" };
        const session = new FakeSession(isAble ? new AbleStorage(files) : new FakeStorage(files));
        for (const [verb, argument] of lines) {
          const { code } = await session.upload(`${verb} ${argument}`, "sent");
          assert.ok(Number.isInteger(code) && code >= 200 && code <= 599, `${verb}: ${code}`);
        }
        assert.equal(session.storage.open, 0);
        assert.ok(!session.events.includes("failed"), "a command failed by the server's fault");
      }),
      { numRuns: 200 },
    );
  });
});
