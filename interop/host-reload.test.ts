import assert from "node:assert/strict";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { connect } from "node:tls";
import { makeCertificate } from "../packages/belfry/test/certificates/make-certificate.js";
import { type TestHost, withHost } from "../packages/belfry/test/supervisor/host-process.js";
import { command } from "./host/commands.js";
import { startCrowd } from "./host/crowd.js";
import { missing, run } from "./tools.js";

const ECHO = { use: "echo", listen: "127.0.0.1:0" };
const BUSY = { workers: 2, reloadGrace: "1m", services: { echo: ECHO } };

/** Sends SIGHUP and resolves when that reload is over. */
async function hangUp(host: TestHost): Promise<void> {
  const { succeeded, failed } = (await host.status()).reloads;
  host.process.child.kill("SIGHUP");
  await host.until(({ reloads }) => reloads.succeeded + reloads.failed > succeeded + failed);
}

/** Whose certificate is served. */
function servedName(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
    socket.on("error", reject);
    socket.on("secureConnect", () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
  });
}

/** As certificates are renewed: each file is whole at any time. */
function renew(host: TestHost, name: string): void {
  for (const [file, text] of Object.entries(makeCertificate(name))) {
    host.write(`${file}.new`, text);
    renameSync(join(host.directory, `${file}.new`), join(host.directory, `${file}.pem`));
  }
}

describe("a reload of a host with 1000 busy connections", () => {
  it("changes nothing and names the key when the file is bad; drops nobody and fails nothing when it is good", () =>
    withHost({ config: BUSY }, async (host) => {
      const port = await host.port("echo");
      const steady = startCrowd({ port, size: 900, think: 100 });
      const restless = startCrowd({ port, size: 100, think: 20, perConnection: 3 });
      await Promise.all([steady.started, restless.started]);
      const before = await host.status();

      host.write("belfry.config.json", { ...BUSY, services: { echo: { ...ECHO, idleTimeot: "5s" } } });
      await hangUp(host);
      const unchanged = await host.status();
      assert.match(String(unchanged.reloads.lastError), /services\.echo\.idleTimeot: .*did you mean "idleTimeout"\?/);
      assert.match(host.process.stderr(), /Cannot reload, nothing has changed: .*services\.echo\.idleTimeot/);
      const pids = ({ workers }: typeof before): number[] => workers.map(({ pid }) => pid);
      assert.deepEqual([unchanged.generation, pids(unchanged)], [1, pids(before)]);

      host.write("belfry.config.json", { ...BUSY, services: { echo: { ...ECHO, idleTimeout: "5m" } } });
      await hangUp(host);
      const after = await host.status();
      assert.equal(after.generation, 2);
      const fresh = after.workers.filter(({ generation }) => generation === 2);
      assert.equal(fresh.length, 2);
      assert.ok(fresh.every(({ pid, state }) => state === "serving" && !pids(before).includes(pid)));
      // Old connections go on where they are, new ones come to the new workers.
      await Promise.all([steady.more(1800), restless.more(300)]);
      await Promise.all([steady.stop(), restless.stop()]);
      assert.deepEqual([...steady.failures, ...restless.failures], []);
      assert.equal(steady.dials, 900);
      const { services } = await host.status();
      assert.equal(services[0]?.counters.connections_closed_total.cut, 0);
      // The old ones go with their last connection.
      await host.until(({ workers }) => workers.length === 2);
    }));
});

describe("a certificate that changes", () => {
  const TLS = { cert: "cert.pem", key: "key.pem" };
  const config = { services: { secure: { ...ECHO, tls: TLS } } };
  const { cert, key } = makeCertificate("first");
  const files = { "cert.pem": cert, "key.pem": key };

  it("is served without anybody saying so, and connections of before go on", () =>
    withHost({ config, files }, async (host) => {
      const port = await host.port("secure");
      assert.equal(await servedName(port), "first");
      const old = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
      await new Promise((resolve) => old.once("secureConnect", resolve));
      renew(host, "second");
      // Files are looked at once a second at most.
      const end = Date.now() + 15_000;
      while ((await servedName(port)) !== "second") assert.ok(Date.now() < end, "the old one is served after 15 s");
      const { generation, workers } = await host.status();
      assert.deepEqual([generation, workers.length], [1, 1]);
      old.write("still here");
      const [data] = (await new Promise((resolve) => old.once("data", (bytes) => resolve([bytes])))) as [Buffer];
      assert.equal(String(data), "still here");
      old.destroy();
    }));

  it("is served after belfry reload", { skip: missing("openssl") }, () =>
    withHost({ config, files }, async (host) => {
      const port = await host.port("secure");
      const other = makeCertificate("other");
      host.write("other.pem", other.cert + other.key);
      host.write("belfry.config.json", { services: { secure: { ...ECHO, tls: { cert: "other.pem" } } } });
      const { status, stdout, stderr } = await command(host, "reload");
      assert.equal(status, 0, stderr);
      assert.match(stdout, /^generation 2 serves/);
      const shown = await run(["openssl", "s_client", "-connect", `127.0.0.1:${port}`], "");
      assert.match(String(shown), /subject=CN ?= ?other\n/);
      assert.ok(String(shown).includes(other.cert.split("\n")[1] ?? "?"));
    }),
  );

  it("that is broken leaves the old one in use, and belfry reload says so", () =>
    withHost({ config, files }, async (host) => {
      const port = await host.port("secure");
      host.write("cert.pem", "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n");
      const { status, stderr } = await command(host, "reload");
      assert.equal(status, 1);
      assert.match(stderr, /services\.secure\.tls.*cert\.pem/);
      assert.equal(await servedName(port), "first");
    }));
});
