import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { renameSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import * as tls from "node:tls";
import { TlsProbe } from "../../../ftp/test/support/tls-probe.js";
import { formatUser, hashPassword } from "@belfry/ftp";
import { certificate, until } from "@belfry/testkit";
import { type Ftpd, PASSWORD, tlsArgs, USER, withFtpd } from "./ftpd-process.js";
import { takesSeconds } from "./takes-seconds.js";

/** Makes a certificate for 127.0.0.1 that signs itself, with its key, in files. */
function makeCertificate(cert: string, key: string, name: string): void {
  const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const about = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name},IP:127.0.0.1`, "-days", "2"];
  execFileSync("openssl", ["req", "-x509", ...ec, ...about, "-out", cert, "-keyout", key], { stdio: "ignore" });
}

function hasOpenssl(): boolean {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const skip = hasOpenssl() ? false : "openssl is not installed";

/** Whose certificate a new session is shown. */
async function shown(ftpd: Ftpd): Promise<string> {
  const client = await TlsProbe.secure(await ftpd.connect(), { rejectUnauthorized: false });
  const { socket } = client.probe;
  const name = socket instanceof tls.TLSSocket ? String(socket.getPeerCertificate().subject.CN) : "";
  client.probe.close();
  return name;
}

describe("belfry ftpd --tls required", () => {
  it("refuses logins and data in the clear, and says what it demands", () =>
    withFtpd(
      (file) => tlsArgs(file, "--tls", "required"),
      async ({ connect, process: ftpd }) => {
        const probe = await connect();
        assert.match(await probe.say(`USER ${USER}`), /^5[35]0 /);
        await probe.say(`PASS ${PASSWORD}`);
        assert.match(await probe.say("PWD"), /^530 /);
        const client = await TlsProbe.secure(await connect());
        await client.probe.login(USER, PASSWORD);
        assert.match(await client.probe.say("PROT C"), /^534 /);
        await ftpd.says(/^TLS required, certificate of localhost, valid until 2126-10-27$/m);
        const bare = await connect();
        await bare.say("AUTH TLS");
        const unprotected = await TlsProbe.secureAtOnce(bare);
        await bare.login(USER, PASSWORD);
        await unprotected.probe.passivePort();
        assert.match(await bare.say("LIST"), /^521 /);
      },
    ));

  it("holds transfers to the rate of the account, both ways", async () => {
    const passwordHash = await hashPassword(PASSWORD);
    const line = `${formatUser({ name: USER, passwordHash })} root=root upload-rate=300K download-rate=300K\n`;
    const args = (file: (name: string) => string): readonly string[] => {
      writeFileSync(file("users"), line);
      return tlsArgs(file, "--users", file("users"));
    };
    await withFtpd(args, async (ftpd) => {
      const content = Buffer.alloc(600 * 1024, "x");
      writeFileSync(join(ftpd.root, "a"), content);
      const timed = async (move: (client: TlsProbe) => Promise<unknown>): Promise<void> => {
        const client = await TlsProbe.secure(await ftpd.connect());
        await client.probe.login(USER, PASSWORD);
        await client.probe.say("TYPE I");
        await takesSeconds(2, () => move(client));
      };
      await Promise.all([
        timed(async (client) => assert.match(await client.store("STOR b", content), /^226 /)),
        timed(async (client) => assert.ok((await client.fetch("RETR a")).equals(content))),
      ]);
    });
  });
});

describe("belfry ftpd --tls-cert", { skip }, () => {
  it("shows new sessions a renewed certificate without a restart, and keeps the old one while the new is no use", () =>
    withFtpd(
      (file) => tlsArgs(file),
      async (ftpd) => {
        const { file, process } = ftpd;
        const before = await TlsProbe.secure(await ftpd.connect());
        assert.equal(await shown(ftpd), "localhost");
        writeFileSync(file("cert.pem"), "half a certif");
        await until(async () => (await shown(ftpd)) === "localhost" && process.stderr().includes("stays"));
        await process.says(/^the certificate in use stays: Cannot use "\S+cert\.pem": expected a certificate in PEM$/m);
        makeCertificate(file("new.pem"), file("new-key.pem"), "renewed.example");
        renameSync(file("new-key.pem"), file("key.pem"));
        renameSync(file("new.pem"), file("cert.pem"));
        await until(async () => (await shown(ftpd)) === "renewed.example");
        await process.says(/^new sessions get a new certificate of renewed\.example, valid until \d{4}-\d\d-\d\d$/m);
        // The session from before has data connections as it began.
        await before.probe.login(USER, PASSWORD);
        await before.probe.say("TYPE I");
        writeFileSync(join(ftpd.root, "a"), "abc");
        assert.equal(String(await before.fetch("RETR a")), "abc");
      },
    ));
});

describe("belfry ftpd --tls-client-ca", { skip }, () => {
  it("serves clients with a certificate that the CA has signed, and drops others before a word", () =>
    withFtpd(
      (file) => {
        makeCertificate(file("other.pem"), file("other-key.pem"), "other");
        return tlsArgs(file, "--tls-client-ca", file("cert.pem"), "--implicit");
      },
      async ({ file, port, root }) => {
        writeFileSync(join(root, "a"), "abc");
        utimesSync(join(root, "a"), 0, 0);
        const curl = (...args: readonly string[]): string =>
          execFileSync("curl", ["-sS", "-k", "-u", `${USER}:${PASSWORD}`, ...args, `ftps://127.0.0.1:${port}/a`], {
            encoding: "utf8",
            stdio: ["ignore", "pipe", "pipe"],
          });
        assert.equal(curl("--cert", file("cert.pem"), "--key", file("key.pem")), "abc");
        assert.throws(() => curl(), /curl: \(\d+\)/);
        assert.throws(() => curl("--cert", file("other.pem"), "--key", file("other-key.pem")), /curl: \(\d+\)/);
      },
    ));

  it("says nothing of FTP to who has none", () =>
    withFtpd(
      (file) => tlsArgs(file, "--tls-client-ca", file("cert.pem"), "--implicit"),
      async ({ port }) => {
        const socket = tls.connect({ port, host: "127.0.0.1", ca: certificate.cert });
        let text = "";
        socket.on("data", (chunk) => (text += String(chunk)));
        socket.on("error", () => {});
        await new Promise((resolve) => socket.once("close", resolve));
        assert.equal(text, "");
      },
    ));
});
