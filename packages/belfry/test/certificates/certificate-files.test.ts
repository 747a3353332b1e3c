import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { type CertificateFiles, certificateFiles } from "../../src/certificates/certificate-files.js";
import { makeFolder } from "../config/support.js";
import { makeCertificate } from "./make-certificate.js";

interface Watched {
  readonly files: CertificateFiles;
  readonly told: readonly string[];
  readonly write: (name: string, text: string) => void;
  readonly folder: string;
}

function watch(context: TestContext, first = makeCertificate("one")): Watched {
  context.mock.timers.enable({ apis: ["Date"], now: Date.now() });
  const folder = makeFolder(context, { "cert.pem": first.cert, "key.pem": first.key });
  const told: string[] = [];
  const files = certificateFiles({
    cert: join(folder, "cert.pem"),
    key: join(folder, "key.pem"),
    onBad: ({ message }) => told.push(`bad: ${message.replaceAll(folder, "DIR")}`),
    onChanged: (description, warning) =>
      told.push(`changed: ${description.split(",")[0]}; ${warning?.split(" on ")[0]}`),
  });
  return { files, told, folder, write: (name, text) => writeFileSync(join(folder, name), text) };
}

describe("certificateFiles()", () => {
  it("gives the same credentials as long as the files are the same", (context) => {
    const { files } = watch(context);
    const first = files.credentials();
    context.mock.timers.tick(5000);
    assert.equal(files.credentials(), first);
    assert.equal(files.warning, null);
  });

  it("gives new ones when the files have changed, a second later at the latest", (context) => {
    const { files, told, write } = watch(context);
    const first = files.credentials();
    const { cert, key } = makeCertificate("two");
    write("cert.pem", cert);
    write("key.pem", key);
    assert.equal(files.credentials(), first);
    context.mock.timers.tick(1000);
    assert.equal(files.credentials().cert, cert);
    assert.deepEqual(told, ["changed: certificate of two; undefined"]);
  });

  it("keeps those in use when the new ones do not fit together, vanish or are none, and tells it once", (context) => {
    const { files, told, write, folder } = watch(context);
    const first = files.credentials();
    const { cert, key } = makeCertificate("two");
    const step = (): void => {
      context.mock.timers.tick(1000);
      files.credentials();
      context.mock.timers.tick(1000);
      assert.equal(files.credentials(), first);
    };
    write("cert.pem", cert);
    step();
    rmSync(join(folder, "cert.pem"));
    step();
    write("cert.pem", "half a cert");
    step();
    assert.equal(told.length, 3);
    assert.match(told[0] ?? "", /^bad: Cannot use certificate "DIR\/cert\.pem" with key "DIR\/key\.pem": /);
    assert.equal(told[1], 'bad: Cannot read certificate "DIR/cert.pem": ENOENT');
    assert.equal(told[2], 'bad: Cannot use "DIR/cert.pem": expected a certificate in PEM');
    write("cert.pem", cert);
    write("key.pem", key);
    context.mock.timers.tick(1000);
    assert.equal(files.credentials().cert, cert);
  });

  it("refuses a key of another kind than the certificate's", (context) => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    assert.throws(
      () => watch(context, { ...makeCertificate("one"), key }),
      /^Error: Cannot use .*: key values mismatch$/,
    );
  });

  it("serves one that has expired, with a warning", (context) => {
    const { files, told, write } = watch(context, makeCertificate("old", -1000));
    assert.match(files.description, /^certificate of old, which has expired on \d{4}-\d\d-\d\d$/);
    assert.match(String(files.warning), /^the certificate of old has expired on/);
    const { cert, key } = makeCertificate("older", -2000);
    write("cert.pem", cert);
    write("key.pem", key);
    context.mock.timers.tick(1000);
    files.credentials();
    assert.deepEqual(told, ["changed: certificate of older; the certificate of older has expired"]);
  });
});
