import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { SecureVersion } from "node:tls";
import { type Ftpd, tlsArgs, withFtpd } from "../packages/belfry/test/ftpd/ftpd-process.js";
import { bytesOf } from "./ftp/files.js";
import { TLS_CLIENTS, type TlsClient } from "./ftps/clients.js";

const VERSIONS: readonly SecureVersion[] = ["TLSv1.2", "TLSv1.3"];
const DATA = bytesOf(1_000_000);

/** Has a client go there and back, and checks what it brings. */
async function check(client: TlsClient, ftpd: Ftpd, version: SecureVersion, isImplicit: boolean): Promise<void> {
  const folder = ftpd.file(`${client.name} ${version}`.replaceAll(/[ ']/g, "-"));
  mkdirSync(folder);
  writeFileSync(join(folder, "up.bin"), DATA);
  const said = await client.visit({ port: ftpd.port, version, isImplicit, folder });
  assert.ok(readFileSync(join(folder, "down.bin")).equals(DATA));
  assert.ok(readFileSync(join(ftpd.root, "up.bin")).equals(DATA));
  assert.match(said, /^up\.bin\r?$/m);
  assert.ok(said.includes(version), said);
}

for (const isImplicit of [false, true]) {
  const mode = isImplicit ? "implicit" : "explicit";
  describe(`belfry ftpd with ${mode} TLS`, () => {
    for (const client of TLS_CLIENTS) {
      it(`takes and gives a file exactly, with ${client.name}, TLS 1.2 and 1.3`, { skip: client.skip }, () =>
        withFtpd(
          (file) => tlsArgs(file, "--tls", "required", ...(isImplicit ? ["--implicit"] : [])),
          async (ftpd) => {
            for (const version of VERSIONS) await check(client, ftpd, version, isImplicit);
            await ftpd.process.says(/^ftp#1 logged in as "ann" \(127\.0\.0\.1, under TLS\)$/m);
            assert.doesNotMatch(ftpd.process.stderr(), /incomplete/);
          },
        ),
      );
    }
  });
}

describe("belfry ftpd --require-session-reuse", () => {
  for (const client of TLS_CLIENTS) {
    const what = client.resumes ? "serves" : "refuses data to";
    it(`${what} ${client.name}, TLS 1.2 and 1.3`, { skip: client.skip }, () =>
      withFtpd(
        (file) => tlsArgs(file, "--tls", "required", "--require-session-reuse"),
        async (ftpd) => {
          for (const version of VERSIONS) {
            const visit = check(client, ftpd, version, false);
            if (client.resumes) await visit;
            else await assert.rejects(visit, /522|EOF|closed|reset/i);
          }
          if (!client.resumes) await ftpd.process.says(/received "\/up\.bin": 0 bytes in .*incomplete/);
        },
      ),
    );
  }
});
