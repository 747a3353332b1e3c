import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { connect, type PeerCertificate } from "node:tls";
import { runBelfry } from "../belfry-process.js";
import { makeCertificate } from "../certificates/make-certificate.js";
import { control, type TestHost, withHost } from "./hosts.js";
import { temporary } from "./temporary.js";

const SECURE = { use: "echo", listen: "127.0.0.1:0", tls: { cert: "./cert.pem", key: "./key.pem" } };

function pair(name: string, days?: number): Record<"cert.pem" | "key.pem", string> {
  const { cert, key } = makeCertificate(name, days);
  return { "cert.pem": cert, "key.pem": key };
}

/** Whose certificate is shown. */
async function shown(port: number): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { subject }: PeerCertificate = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}

/** Until new connections are shown it: files are looked at once a second. */
async function becomes(port: number, name: string): Promise<void> {
  while ((await shown(port)) !== name) await new Promise((resolve) => setTimeout(resolve, 50));
}

function replace(host: TestHost, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) host.write(name, text);
}

describe("a certificate that is no good", () => {
  it("does not start, and is named: missing, no certificate, or with another's key", async (t) => {
    const good = pair("one");
    const cases: readonly (readonly [Record<string, string>, RegExp])[] = [
      [{ "key.pem": good["key.pem"] }, /services\.safe\.tls.*Cannot read certificate ".*cert\.pem": ENOENT/],
      [{ "cert.pem": good["cert.pem"] }, /services\.safe\.tls.*Cannot read private key ".*key\.pem": ENOENT/],
      [{ ...good, "cert.pem": "garbage" }, /services\.safe\.tls.*cert\.pem": expected a certificate in PEM/],
      [
        { ...good, "cert.pem": good["cert.pem"].replace(/\n[A-Za-z0-9+/]{64}/, "\nAAAA") },
        /services\.safe\.tls.*cert\.pem/,
      ],
      [{ ...good, "key.pem": pair("other")["key.pem"] }, /services\.safe\.tls.*cert\.pem.*key\.pem.*mismatch/],
    ];
    await Promise.all(
      cases.map(async ([files, said]) => {
        const folder = temporary(t, { "belfry.config.json": { services: { safe: SECURE } }, ...files });
        const args = ["serve", "--config", folder.path("belfry.config.json"), "--control", folder.path("c.sock")];
        const { status, stderr } = await runBelfry(args);
        assert.equal(status, 1);
        assert.match(stderr, said);
        assert.doesNotMatch(stderr, /PRIVATE KEY|listening/);
      }),
    );
  });

  it("is served when it has expired, with a warning: the owner may have nothing better", () =>
    withHost({ config: { services: { safe: SECURE } }, files: pair("late", -400) }, async (host) => {
      assert.equal(await shown(await host.port("safe")), "late");
      await host.process.says(/safe: the certificate of late has expired on \d{4}-\d\d-\d\d: clients will refuse it/);
    }));

  it("in the place of one in use changes nothing, says so once a worker, and fails a reload", () =>
    withHost({ config: { workers: 1, services: { safe: SECURE } }, files: pair("one") }, async (host) => {
      const port = await host.port("safe");
      assert.equal(await shown(port), "one");
      replace(host, { "cert.pem": "garbage" });
      while (!/the certificate in use stays/.test(host.process.stderr())) assert.equal(await shown(port), "one");
      for (let count = 0; count < 5; count += 1) assert.equal(await shown(port), "one");
      assert.equal(host.process.stderr().match(/the certificate in use stays/g)?.length, 1);
      await assert.rejects(control(host, { command: "reload" }), /services\.safe\.tls.*expected a certificate in PEM/);
      assert.equal(await shown(port), "one");
      // Half of a renewal: the key has not come yet.
      const next = pair("two");
      replace(host, { "cert.pem": next["cert.pem"] });
      assert.equal(await shown(port), "one");
      replace(host, next);
      await becomes(port, "two");
    }));
});
