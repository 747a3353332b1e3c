import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { serve, type Server } from "@belfry/server";
import { certificate, RawClient } from "@belfry/testkit";
import { logTo } from "../../log/log-to.js";
import type { LoadedService } from "../../../src/config/services/build-service.js";
import { makeCertificate } from "../../certificates/make-certificate.js";
import { loadFrom, makeFolder, problemsOf } from "../support.js";

const PEMS = { "cert.pem": certificate.cert, "key.pem": certificate.key };

/** The one service of a config in JSON5. */
async function only(folder: string, text: string): Promise<LoadedService> {
  writeFileSync(join(folder, "c.json5"), `{ services: { it: { listen: ":9000", ${text} } } }`);
  const { services } = await loadFrom(folder, { file: "c.json5" });
  assert.ok(services[0]);
  return services[0];
}

/** What is told to a log. */
function listen(service: LoadedService): readonly string[] {
  const lines: string[] = [];
  const log = logTo((level, message) => void lines.push(`${level}: ${message}`));
  service.attach(log);
  return lines;
}

describe("a service of a config", () => {
  it("has its limits in milliseconds, and lists as they are", async (context) => {
    const { settings, plan } = await only(
      makeFolder(context),
      `use: "echo", maxWaiting: "5", idleTimeout: "1m", closeTimeout: 250, backlog: 9, handshakeTimeout: "2s", maxConnsPerAddress: 3,
       allow: ["10.0.0.0/8", "::1"], refuse: ["10.6.6.6"], proxy: { trust: ["127.0.0.1"], timeout: "1s", untrusted: "serve" }`,
    );
    assert.deepEqual(settings, {
      maxWaiting: 5,
      idleTimeout: 60_000,
      closeTimeout: 250,
      backlog: 9,
      handshakeTimeout: 2000,
      allow: ["10.0.0.0/8", "::1"],
      refuse: ["10.6.6.6"],
      proxy: { trust: ["127.0.0.1"], timeout: 1000, untrusted: "serve" },
    });
    assert.equal(plan.maxConnsPerAddress, 3);
    assert.equal(plan.isProxied, true);
    assert.equal(plan.isSecure, false);
  });

  it("has a certificate that follows its files, and tells the log of it", async (context) => {
    context.mock.timers.enable({ apis: ["Date"], now: Date.now() });
    const folder = makeFolder(context, PEMS);
    const service = await only(
      folder,
      `use: "echo", tls: { cert: "cert.pem", key: "key.pem", minVersion: "TLSv1.3", clientCa: "cert.pem" }`,
    );
    const { tls } = service.settings;
    assert.ok(tls);
    const { cert, ca, requestCert, minVersion } = tls();
    assert.deepEqual(
      { cert, ca, requestCert, minVersion },
      { cert: certificate.cert, ca: certificate.cert, requestCert: true, minVersion: "TLSv1.3" },
    );
    assert.equal(service.plan.isSecure, true);
    const lines = listen(service);
    const other = makeCertificate("new.example", -400);
    writeFileSync(join(folder, "cert.pem"), other.cert);
    writeFileSync(join(folder, "key.pem"), other.key);
    context.mock.timers.tick(1000);
    assert.equal(tls().cert, other.cert);
    assert.match(
      lines[0] ?? "",
      /^info: it: new connections get a new certificate of new\.example, which has expired on/,
    );
    assert.match(lines[1] ?? "", /^warn: it: the certificate of new\.example has expired on/);
  });

  it("tells its log of a certificate that has expired before it is served", async (context) => {
    const { cert, key } = makeCertificate("old.example", -400);
    const folder = makeFolder(context, { "cert.pem": cert, "key.pem": key });
    const service = await only(folder, `use: "clock", tls: { cert: "cert.pem", key: "key.pem" }`);
    assert.equal(service.warnings.length, 1);
    assert.match(listen(service).join(), /^warn: it: the certificate of old\.example has expired on/);
  });

  it("gives reverb its own idle timeout, and not the server's", async (context) => {
    const { settings } = await only(
      makeFolder(context),
      `use: "reverb", idleTimeout: "1s", delay: 0, sequential: "true"`,
    );
    assert.equal(settings.idleTimeout, undefined);
  });

  it("takes the zone of a clock from TZ", async (context) => {
    const folder = makeFolder(context, { "c.json5": `{ services: { it: { use: "clock", listen: ":1" } } }` });
    await loadFrom(folder, { file: "c.json5", env: { TZ: ":Asia/Tokyo" } });
    const [problem = ""] = await problemsOf(folder, { file: "c.json5", env: { TZ: "Mars/Olympus" } });
    assert.match(problem, /services\.it\.timeZone: "Mars\/Olympus" of TZ: expected an IANA time zone/);
  });
});

describe("ftp of a config", () => {
  const files = { ...PEMS, "files/a.txt": "a", "ann/b.txt": "b" };

  async function talk(service: LoadedService, ...commands: readonly string[]): Promise<string> {
    const server: Server = await serve({ port: 0, name: "ftp" }, service.service);
    try {
      const client = await RawClient.connect(server.addr);
      client.send([...commands, "QUIT", ""].join("\r\n"));
      const said = String(await client.takeAll());
      await client.close();
      return said;
    } finally {
      await server.close();
    }
  }

  it("serves its users, each at their root, with its own banner, and says who may do what", async (context) => {
    const service = await only(
      makeFolder(context, files),
      `use: "ftp", root: "files", banner: "Hello there", tls: { cert: "cert.pem", key: "key.pem" },
       users: [{ name: "ann", password: "sesame", root: "ann", permissions: { "/": "read" } }, { name: "bob", password: "b" }], anonymous: true`,
    );
    assert.equal(service.ownsLimits, true);
    assert.equal(service.plan.isSecure, true);
    assert.equal(service.settings.tls, undefined, "TLS begins after AUTH");
    assert.match(
      service.notes.join("\n"),
      /certificate of localhost.*\nann, bob may log in; anybody may read, as anonymous$/,
    );
    const said = await talk(service, "FEAT", "USER ann", "PASS sesame", "SIZE b.txt", "TYPE I", "SIZE b.txt", "MKD x");
    assert.match(said, /^220 Hello there\r\n/);
    assert.match(said, / AUTH TLS/);
    assert.match(said, /\r\n213 1\r\n/);
    assert.match(said, /\r\n550 [^\n]*\r\n221 /);
  });

  it("keeps a transfer log, written when it says so", async (context) => {
    const folder = makeFolder(context, files);
    await assert.rejects(only(folder, `use: "ftp", root: "files", transferLog: "log/x"`), {
      message: /services\.it\.transferLog: Cannot write transfer log ".*log\/x": ENOENT/,
    });
    await (await only(folder, `use: "ftp", root: "files", transferLog: "x"`)).written();
  });

  it("has told of what was cut when it says that all is written", async (context) => {
    const folder = makeFolder(context, files);
    const service = await only(folder, `use: "ftp", root: "files", anonymous: "write", transferLog: "x"`);
    const server: Server = await serve({ port: 0, name: "ftp" }, service.service);
    const client = await RawClient.connect(server.addr);
    client.send("USER ftp\r\nPASS x\r\nEPSV\r\nSTOR half\r\n");
    let line = "";
    while (!line.startsWith("229 ")) line = await client.takeLine();
    const data = await RawClient.connect({ host: "127.0.0.1", port: Number(/\|(\d+)\|/.exec(line)?.[1]) });
    assert.match(await client.takeLine(), /^150 /);
    await server.close();
    await service.written();
    assert.match(readFileSync(join(folder, "x"), "utf8"), / \/half a _ i a anonymous ftp 0 \* i\n$/);
    assert.deepEqual(readdirSync(join(folder, "files")), ["a.txt"]);
    await Promise.all([client.close(), data.close()]);
  });

  const cases: readonly (readonly [text: string, says: RegExp])[] = [
    [`root: "nowhere"`, /services\.it: Cannot use ".*nowhere" as a root: ENOENT$/],
    [`users: [{ name: "ann" }]`, /services\.it\.users\[0\]: expected one of password and passwordHash$/],
    [`users: [{ name: "a", password: "x" }, { name: "a", password: "y" }]`, /Cannot use name "a": it is there twice$/],
    [
      `users: [{ name: "a", password: "x", permissions: "wirte" }]`,
      /users\[0\]\.permissions: "wirte": expected "none", "read"/,
    ],
    [`usersFile: "none"`, /services\.it: Cannot read users from ".*none": ENOENT$/],
    [
      `externalAddress: ["1.2.3.4", "5.6.7.8"]`,
      /services\.it\.externalAddress: .*"1\.2\.3\.4" is for all clients already$/,
    ],
    [`externalAddress: "999.1.1.1"`, /services\.it: Cannot use external address "999\.1\.1\.1"/],
    [
      `tls: { cert: "key.pem", key: "key.pem" }`,
      /services\.it\.tls: Cannot use ".*key\.pem": expected a certificate in PEM$/,
    ],
    [
      `tls: { cert: "cert.pem", require: "all" }`,
      /services\.it\.tls\.require: "all": expected "none" or "login" or "data"$/,
    ],
    [`throttle: true`, /services\.it\.throttle: true: expected false or an object/],
    [`umask: 22`, /services\.it\.umask: 22: expected three octal digits in quotes/],
  ];
  for (const [text, says] of cases) {
    it(`names key and value: ${text}`, async (context) => {
      const folder = makeFolder(context, {
        ...files,
        "c.json5": `{ services: { it: { use: "ftp", listen: ":9000", ${text} } } }`,
      });
      const [problem = "", ...more] = await problemsOf(folder, { file: "c.json5" });
      assert.match(problem, says);
      assert.deepEqual(more, []);
    });
  }
});
