import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeCertificate } from "../../packages/belfry/test/certificates/make-certificate.js";
import { type TestHost, withHost } from "../../packages/belfry/test/supervisor/host-process.js";

const CONFIG = fileURLToPath(new URL("../../examples/host/belfry.config.ts", import.meta.url));
const PORTS = ["CLOCK_PORT", "REVERB_PORT", "ECHO_PORT", "FTP_PORT", "GATEWAY_PORT"];

/** Runs the host of `examples/host` on free ports, with a certificate for `localhost` and a file `hello.txt` in a folder of its own. */
export async function startExample(use: (host: TestHost, folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "belfry-example-"));
  for (const [name, text] of Object.entries(makeCertificate("localhost"))) {
    writeFileSync(join(folder, `${name}.pem`), text);
  }
  mkdirSync(join(folder, "files"));
  writeFileSync(join(folder, "files", "hello.txt"), "hello from a file\n");
  const env = {
    ...Object.fromEntries(PORTS.map((name) => [name, "0"])),
    CERT: join(folder, "cert.pem"),
    KEY: join(folder, "key.pem"),
    FTP_ROOT: join(folder, "files"),
    JOURNAL: join(folder, "readings.log"),
  };
  try {
    await withHost({ config: { services: {} }, args: ["--config", CONFIG], env }, (host) => use(host, folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
