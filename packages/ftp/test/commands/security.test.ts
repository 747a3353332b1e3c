import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { certificate } from "@belfry/testkit";
import { FakeSession } from "./fake-session.js";

function withTls(require: "none" | "data" = "none"): FakeSession {
  return new FakeSession(undefined, {}, { tls: { credentials: certificate, require } });
}

describe("SECURITY_VERBS", () => {
  it("begin TLS with AUTH TLS, TLS-C and SSL", async () => {
    for (const mechanism of ["TLS", "tls-c", "SSL"]) {
      const { code, next } = await withTls().command(`AUTH ${mechanism}`);
      assert.deepEqual([code, next], [234, "start-tls"]);
    }
  });

  it("refuse another mechanism with 504, a second AUTH with 503, and all where there is no TLS with 502", async () => {
    const session = withTls();
    assert.equal((await session.command("AUTH KERBEROS_V4")).code, 504);
    session.isSecure = true;
    assert.equal((await session.command("AUTH TLS")).code, 503);
    assert.equal((await new FakeSession().command("AUTH TLS")).code, 502);
  });

  it("refuse PBSZ and PROT before AUTH", async () => {
    assert.deepEqual(await withTls().codes("PBSZ 0", "PROT P", "PROT C"), [503, 503, 503]);
  });

  it("want PBSZ before PROT", async () => {
    const session = withTls();
    session.isSecure = true;
    assert.deepEqual(await session.codes("PROT P", "PBSZ 0", "PROT P"), [503, 200, 200]);
    assert.equal(session.state.isDataProtected, true);
    assert.deepEqual(await session.codes("PROT C"), [200]);
    assert.equal(session.state.isDataProtected, false);
  });

  it("know a buffer size of 0 only, whatever was asked for", async () => {
    const session = withTls();
    session.isSecure = true;
    assert.equal((await session.command("PBSZ 4096")).text, "PBSZ=0");
    assert.deepEqual(await session.codes("PBSZ x", "PBSZ -1", "PBSZ 4294967296"), [501, 501, 501]);
  });

  it("refuse PROT S and E with 536, and change nothing", async () => {
    const session = withTls();
    session.isSecure = true;
    assert.deepEqual(await session.codes("PBSZ 0", "PROT P", "PROT S", "PROT E", "PROT X"), [200, 200, 536, 536, 504]);
    assert.equal(session.state.isDataProtected, true);
  });

  it("refuse PROT C where data connections must be protected", async () => {
    const session = withTls("data");
    session.isSecure = true;
    assert.deepEqual(await session.codes("PBSZ 0", "PROT C"), [200, 534]);
  });

  it("leave the control connection under TLS", async () => {
    const session = withTls();
    assert.equal((await session.command("CCC")).code, 533);
    session.isSecure = true;
    assert.equal((await session.command("CCC")).code, 534);
  });
});
