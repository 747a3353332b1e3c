import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { certificate } from "@belfry/testkit";
import { VERBS } from "../../src/commands/verbs.js";
import { FakeSession } from "./fake-session.js";
import { FakeStorage } from "./fake-storage.js";

const features = async (session: FakeSession): Promise<readonly string[]> => {
  const { code, text } = await session.command("FEAT");
  assert.equal(code, 211);
  return text.split("\n").slice(1, -1);
};

describe("FEAT", () => {
  it("names what there is", async () => {
    const session = new FakeSession(undefined, {}, { tls: { credentials: certificate }, advertisesCompression: true });
    const lines = await features(session);
    const expected = ["HOST", "AUTH TLS", "PBSZ", "PROT", "MODE Z", "EPSV", "EPRT", "REST STREAM", "TVFS"];
    const others = ["SIZE", "MDTM", "AVBL", "MFMT", "MFF Modify;UNIX.mode;", "UTF8", "CLNT", "CSID", "LANG EN*"];
    for (const line of [...expected, ...others]) assert.ok(lines.includes(line), line);
    assert.ok(lines.includes("HASH SHA-256*;SHA-512;SHA-1;MD5;CRC32"));
    assert.ok(lines.some((line) => line.startsWith("MLST type*;size*;modify*;")));
    assert.equal(new Set(lines).size, lines.length);
  });

  it("leaves out TLS, compression and what the storage cannot do", async () => {
    const lines = await features(new FakeSession(new FakeStorage()));
    const absent = /^(?:AUTH|PBSZ|PROT|MODE|MFMT|MFF|AVBL)/;
    assert.deepEqual(
      lines.filter((line) => absent.test(line)),
      [],
    );
  });

  it("leaves out ways to a data connection that are switched off", async () => {
    const lines = await features(new FakeSession(undefined, {}, { passive: false, active: false }));
    assert.ok(!lines.includes("EPSV") && !lines.includes("EPRT"));
  });

  it("tells a client that has not logged in what the server could do", async () => {
    const session = new FakeSession(new FakeStorage());
    session.isLoggedIn = false;
    assert.ok((await features(session)).includes("MFMT"));
  });

  it("marks the facts and the digest that are chosen", async () => {
    const session = new FakeSession();
    await session.codes("OPTS MLST size;type;", "OPTS HASH MD5");
    const lines = await features(session);
    assert.ok(lines.some((line) => line.startsWith("MLST type*;size*;modify;")));
    assert.ok(lines.includes("HASH SHA-256;SHA-512;SHA-1;MD5*;CRC32"));
  });
});

describe("OPTS", () => {
  it("takes UTF8 ON, before the login too", async () => {
    const session = new FakeSession();
    session.isLoggedIn = false;
    assert.deepEqual(
      await session.codes("OPTS UTF8 ON", "OPTS utf8", "OPTS UTF-8 on", "OPTS UTF8 OFF"),
      [200, 200, 200, 504],
    );
  });

  it("chooses facts, in its own order, and passes over others", async () => {
    const session = new FakeSession();
    assert.equal((await session.command("OPTS MLST SIZE;x;Type;")).text, "MLST OPTS type;size;");
    assert.equal((await session.command("OPTS MLST")).text, "MLST OPTS");
  });

  it("tells and chooses the digest", async () => {
    const session = new FakeSession();
    assert.equal((await session.command("OPTS HASH")).text, "SHA-256");
    assert.deepEqual(await session.codes("OPTS HASH sha-1", "OPTS HASH CRC-37"), [200, 501]);
    assert.equal(session.state.hashAlgorithm, "SHA-1");
  });

  it("answers 501 to an option there is not", async () => {
    assert.deepEqual(await new FakeSession().codes("OPTS X", "OPTS MODE Z LEVEL 9"), [501, 501]);
  });
});

describe("HELP", () => {
  it("lists every command", async () => {
    const { code, text } = await new FakeSession().command("HELP");
    assert.equal(code, 214);
    assert.deepEqual(text.split("\n").slice(1, -1).join(" ").split(/ +/), [...VERBS.keys()]);
  });

  it("tells of one", async () => {
    const session = new FakeSession();
    assert.match((await session.command("HELP retr")).text, /^Syntax: RETR <SP> pathname\nSends a file/);
    assert.equal((await session.command("HELP XYZZY")).code, 502);
    assert.match((await session.command("HELP SITE")).text, /CHMOD[^]*UTIME/);
  });

  it("has a sentence and a source for each", () => {
    for (const { name, help, source } of VERBS.values()) {
      assert.match(help, /^[A-Z].*\.$/, name);
      assert.notEqual(source, "", name);
    }
  });
});

describe("infoVerbs", () => {
  it("answer SYST, NOOP and LANG", async () => {
    const session = new FakeSession();
    assert.deepEqual(await session.command("SYST"), { code: 215, text: "UNIX Type: L8" });
    const codes = await session.codes("NOOP", "LANG", "LANG en", "LANG EN-us", "LANG fr", "LANG english");
    assert.deepEqual(codes, [200, 200, 200, 200, 504, 504]);
  });

  it("remember what the client is called", async () => {
    const session = new FakeSession();
    assert.equal((await session.command("CLNT NcFTP 3.2.6 linux")).code, 200);
    assert.equal(session.state.client, "NcFTP 3.2.6 linux");
    assert.match((await session.command("CSID Name=x; Version=1;")).text, /^Name=Belfry;/);
    assert.equal((await session.command("CLNT a\u0007b")).code, 501);
  });
});
