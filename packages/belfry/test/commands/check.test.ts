import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { main } from "../../src/main.js";
import { gone } from "../supervisor/host-process.js";
import { makeCertificate } from "../certificates/make-certificate.js";
import { makeFolder } from "../config/support.js";
import { runBelfry, startBelfry } from "../belfry-process.js";
import { memoryIo } from "../memory-io.js";

async function check(file: string, env: Record<string, string> = {}) {
  const { io, stdout, stderr } = memoryIo(env);
  const status = await main(["check", "--config", file], io);
  return { status, stdout: stdout(), stderr: stderr() };
}

const CONFIG = `
workers: 4
debug: { listen: "0.0.0.0:6060", token: "\${TOKEN}" }
control: false
drainDelay: 5s
shutdownTimeout: 0
services:
  safe: { use: echo, listen: ["0.0.0.0:8443", "systemd:web"], tls: { cert: cert.pem, key: key.pem }, proxy: { trust: ["::1"] } }
  files: { use: ftp, listen: ":2121", users: [{ name: ann, password: "\${TOKEN}" }] }
`;

describe("belfry check", () => {
  it("says what a config means: services, addresses, certificates, and shows no secret", async (context) => {
    const { cert, key } = makeCertificate("localhost");
    const folder = makeFolder(context, { "c.yaml": CONFIG, "cert.pem": cert, "key.pem": key });
    const { status, stdout, stderr } = await check(join(folder, "c.yaml"), { TOKEN: "hunter2" });
    assert.equal(stderr, "");
    assert.equal(status, 0);
    assert.match(stdout, /^c\.yaml is all right: 2 services\n/);
    assert.match(
      stdout,
      /safe +echo +0\.0\.0\.0:8443 systemd:web +certificate of localhost, valid until \d{4}-\d\d-\d\d; PROXY protocol\n/,
    );
    assert.match(stdout, /files +ftp +127\.0\.0\.1:2121 +ann may read and write\n/);
    assert.match(stdout, / workers +4\n +debug +http:\/\/0\.0\.0\.0:6060\/, with a token\n +control +none\n/);
    assert.match(stdout, / drain +begins after 5s, takes as long as it takes\n/);
    assert.doesNotMatch(stdout, /hunter2|warning/);
  });

  it("warns of a certificate that has expired, and of one that is not valid yet", async (context) => {
    for (const [days, says] of [
      [-400, /warning: safe: the certificate of localhost has expired on \d{4}-\d\d-\d\d: clients will refuse it\n/],
      [400, /warning: safe: the certificate of localhost is not valid before \d{4}-\d\d-\d\d\n/],
    ] as const) {
      const { cert, key } = makeCertificate("localhost", days);
      const folder = makeFolder(context, { "c.yaml": CONFIG, "cert.pem": cert, "key.pem": key });
      const { status, stdout } = await check(join(folder, "c.yaml"), { TOKEN: "t" });
      assert.match(stdout, says);
      assert.equal(status, 0);
    }
  });

  it("tells everything that is wrong, a line each, and ends with 1", async (context) => {
    const { cert } = makeCertificate("localhost");
    const { key } = makeCertificate("localhost");
    const folder = makeFolder(context, { "c.yaml": CONFIG, "cert.pem": cert, "key.pem": key });
    const { status, stdout, stderr } = await check(join(folder, "c.yaml"));
    assert.equal(stdout, "");
    assert.equal(status, 1);
    const lines = stderr.trimEnd().split("\n");
    assert.equal(lines.length, 3);
    assert.match(
      lines[0] ?? "",
      /^belfry: Cannot use ".*c\.yaml": debug\.token: the environment variable TOKEN is not set$/,
    );
    assert.match(lines[1] ?? "", /services\.files\.users\[0\]\.password: the environment variable TOKEN is not set$/);
    assert.match(lines[2] ?? "", /services\.safe\.tls: Cannot use certificate ".*cert\.pem" with key ".*key\.pem": /);
  });

  for (const [what, files, says] of [
    ["is not there", {}, /services\.safe\.tls: Cannot read certificate ".*cert\.pem": ENOENT/],
    ["is none", { "cert.pem": "hello", "key.pem": "" }, /Cannot use ".*cert\.pem": expected a certificate in PEM/],
  ] as const) {
    it(`says that a certificate ${what}`, async (context) => {
      const folder = makeFolder(context, { "c.yaml": CONFIG, ...files });
      const { status, stderr } = await check(join(folder, "c.yaml"), { TOKEN: "t" });
      assert.match(stderr, says);
      assert.equal(status, 1);
    });
  }

  for (const [what, code, says] of [
    ["ends its process with 0", "process.exit(0);", /ended with status 0 while it loaded "[^"]*code\.mjs"$/],
    ["ends its process with 7", "process.exit(7);", /ended with status 7 while it loaded "[^"]*code\.mjs"$/],
    [
      "throws in a timer",
      "setTimeout(() => { throw new Error('too late'); });\nawait new Promise(() => {});",
      /ended with status 1 while it loaded "[^"]*code\.mjs": too late \(at code\.mjs:1:\d+\)$/,
    ],
    [
      "rejects where nobody looks",
      "void Promise.reject(new Error('unseen'));\nawait new Promise(() => {});",
      /ended with status 1 while it loaded "[^"]*code\.mjs": unseen \(at code\.mjs:1:\d+\)$/,
    ],
  ] as const) {
    it(`names a config or a module that ${what} while it loads, and ends with 1`, async (context) => {
      const folder = makeFolder(context, {
        "code.mjs": code,
        "c.yaml": 'services: { m: { use: ./code.mjs, listen: ":0" } }',
      });
      for (const file of ["code.mjs", "c.yaml"]) {
        const { status, stdout, stderr } = await runBelfry(["check", "--config", join(folder, file)]);
        assert.match(stderr.trimEnd(), says);
        assert.equal(stderr.split("\n").length, 2);
        assert.deepEqual([status, stdout], [1, ""]);
      }
    });
  }

  it("is stopped by a signal, with the process that loads what never ends", async (context) => {
    const folder = makeFolder(context, {
      "c.mjs": 'import { writeFileSync } from "node:fs";\nwriteFileSync(2, `pid ${process.pid}\\n`);\nwhile (true);\n',
    });
    await using belfry = startBelfry(["check", "--config", join(folder, "c.mjs")]);
    const [, pid] = await belfry.says(/pid (\d+)/);
    belfry.child.kill("SIGTERM");
    const { status } = await belfry.ended;
    assert.equal(status, 143);
    await gone(Number(pid));
  });
});
