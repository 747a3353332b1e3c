import assert from "node:assert/strict";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { main } from "../../src/main.js";
import { memoryIo } from "../memory-io.js";
import { makeFolder } from "./ftpd-process.js";

describe("belfry ftpd, asked in a wrong way", () => {
  let folder: string;
  const file = (name: string): string => join(folder, name);
  before(() => {
    folder = makeFolder();
    writeFileSync(file("users"), "# users\n\nann secret\n");
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Runs it to its end, which is to come before it listens. */
  async function run(...args: readonly string[]): Promise<{ status: number; stderr: string }> {
    const { io, stderr } = memoryIo();
    const status = await main(["ftpd", "--listen", "127.0.0.1:0", "--root", file("root"), ...args], io);
    return { status, stderr: stderr().replaceAll(folder, "DIR") };
  }

  const cases: readonly (readonly [status: number, args: string, says: RegExp])[] = [
    [2, "--passive-ports 50100-50000", /^belfry: Cannot use --passive-ports "50100-50000": expected two ports/],
    [
      2,
      "--external-address 999.1.1.1",
      /^belfry: Cannot use external address "999\.1\.1\.1": expected an IPv4 address/,
    ],
    [2, "--external-address 10.0.0.0/99=1.2.3.4", /^belfry: Cannot use network "10\.0\.0\.0\/99"/],
    [2, "--external-address 1.2.3.4 --external-address 5.6.7.8", /"1\.2\.3\.4" is for all clients already/],
    [2, "--user ann", /^belfry: Cannot use --user "ann": expected a name and a password/],
    [2, "--user ann:a --user ann:b", /^belfry: Cannot use name "ann": it is there twice/],
    [2, "--umask 999", /^belfry: Cannot use --umask "999": expected octal digits from 0 to 777/],
    [2, "--max-conns 0", /^belfry: Cannot use --max-conns "0"/],
    [2, "--tls required", /^belfry: Cannot use --tls required without a certificate: expected --tls-cert/],
    [2, "--tls-key k", /^belfry: Cannot use --tls-key without a certificate/],
    [2, "--tls-client-ca c", /^belfry: Cannot use --tls-client-ca without a certificate/],
    [2, "--implicit", /^belfry: Cannot use --implicit without a certificate/],
    [2, "--require-session-reuse", /^belfry: Cannot use --require-session-reuse without a certificate/],
    [2, "--anonymous=delete", /Allowed choices are read, write, upload/],
    [2, "start", /^belfry: Cannot use "start": expected options, or passwd NAME/],
    [2, "passwd", /^belfry: Cannot make a line: expected one user name/],
    [1, "--root DIR/none", /^belfry: Cannot use "DIR\/none" as a root: ENOENT/],
    [1, "--tls-cert DIR/none.pem", /^belfry: Cannot read certificate "DIR\/none\.pem": ENOENT/],
    [1, "--tls-cert DIR/cert.pem", /^belfry: Cannot use "DIR\/cert\.pem": expected a private key in PEM/],
    [1, "--tls-cert DIR/key.pem", /^belfry: Cannot use "DIR\/key\.pem": expected a certificate in PEM/],
    [1, "--users DIR/none", /^belfry: Cannot read users from "DIR\/none": ENOENT/],
    [1, "--users DIR/users", /^belfry: Cannot use line 3 of "DIR\/users": expected /],
    [1, "--transfer-log DIR/no/log", /^belfry: Cannot write transfer log "DIR\/no\/log": ENOENT/],
  ];
  for (const [status, line, says] of cases) {
    it(`says what is wrong in one line and ends with ${status}: ${line}`, async () => {
      const got = await run(...line.replaceAll("DIR", folder).split(" "));
      assert.match(got.stderr, says);
      assert.match(got.stderr, /^.*\n$/);
      assert.doesNotMatch(got.stderr, /secret/);
      assert.equal(got.status, status);
    });
  }

  it("says what is wrong in one line and ends with 1: a port that is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const { status, stderr } = await run("--listen", `127.0.0.1:${port}`);
    other.close();
    assert.equal(stderr, `belfry: Cannot listen on 127.0.0.1:${port}: EADDRINUSE address already in use\n`);
    assert.equal(status, 1);
  });
});
