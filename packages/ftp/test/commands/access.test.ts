import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { certificate } from "@belfry/testkit";
import { FakeSession } from "./fake-session.js";

function stranger(session = new FakeSession()): FakeSession {
  session.isLoggedIn = false;
  return session;
}

describe("ACCESS_VERBS", () => {
  it("log in with USER and PASS", async () => {
    assert.deepEqual(await stranger().codes("USER u", "PASS p"), [331, 230]);
  });

  it("answer every name alike", async () => {
    const session = stranger();
    const [known, unknown] = [await session.command("USER u"), await session.command("USER nobody")];
    assert.deepEqual(known, unknown);
  });

  it("want USER before each PASS", async () => {
    const session = stranger();
    assert.deepEqual(await session.codes("PASS p", "USER u", "PASS x", "PASS p"), [503, 331, 530, 503]);
    session.isLoggedIn = true;
    assert.equal((await session.command("PASS p")).code, 503);
  });

  it("take an empty password", async () => {
    assert.deepEqual(await stranger().codes("USER u", "PASS"), [331, 530]);
  });

  it("log out with a second USER, and leave the transfer parameters as they are", async () => {
    const session = new FakeSession();
    session.isSecure = true;
    await session.codes("TYPE I", "MODE Z", "PBSZ 0", "PROT P", "REST 5", "CLNT x");
    session.state.directory = "/d";
    assert.equal((await session.command("USER v")).code, 331);
    assert.equal(session.isLoggedIn, false);
    const { form, isDataProtected, restartAt, client, directory } = session.state;
    assert.deepEqual(form, { type: "I", mode: "Z" });
    assert.deepEqual([isDataProtected, restartAt, client, directory], [true, 0, "x", "/"]);
  });

  it("refuse a login in the clear where TLS is required", async () => {
    const options = { tls: { credentials: certificate, require: "login" as const } };
    const session = stranger(new FakeSession(undefined, {}, options));
    assert.deepEqual(await session.codes("USER u", "PASS p"), [530, 530]);
    session.isSecure = true;
    assert.deepEqual(await session.codes("USER u", "PASS p"), [331, 230]);
  });

  it("refuse a name with control characters", async () => {
    assert.equal((await stranger().command("USER a\tb")).code, 501);
  });

  it("find ACCT superfluous", async () => {
    assert.equal((await new FakeSession().command("ACCT x")).code, 202);
  });

  it("answer REIN with 220, and begin anew", async () => {
    const session = new FakeSession();
    await session.codes("TYPE I", "REST 7");
    assert.equal((await session.command("REIN")).code, 220);
    assert.deepEqual([session.isLoggedIn, session.state.restartAt, session.state.form.type], [false, 0, "A"]);
  });

  it("end with QUIT", async () => {
    const { code, next } = await stranger().command("QUIT");
    assert.deepEqual([code, next], [221, "close"]);
  });

  it("take a host before USER, and only then", async () => {
    const session = stranger();
    assert.deepEqual(await session.codes("HOST FTP.Example.com.", "USER u", "HOST b"), [220, 331, 503]);
    assert.equal(session.state.host, "ftp.example.com");
    assert.equal((await new FakeSession().command("HOST a")).code, 503);
  });

  it("take addresses as hosts, and nothing that is no host", async () => {
    const session = stranger();
    const hosts = ["127.0.0.1", "[::1]", "[1.2.3.4]", "a b", "a:21", "a..b", "-".repeat(300), "a/b"];
    const codes = await session.codes(...hosts.map((host) => `HOST ${host}`));
    assert.deepEqual(codes, [220, 220, 501, 501, 501, 501, 501, 501]);
    assert.equal(session.state.host, "[::1]".slice(1, -1));
  });
});
