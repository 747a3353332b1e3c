import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
import { join } from "node:path";
import { describe, it } from "node:test";
import { type AcceptedConfig, loadAccepted } from "../../src/config/accepted-config.js";
import type { LoadedConfig } from "../../src/config/loaded-config.js";
import { loadFrom, makeFolder } from "./support.js";

const ENV = { SECRET: "hunter2", TZ: "UTC" };

/** Loads it as another process does, which gets it over a channel. */
async function passOn({ plan, accepted }: AcceptedConfig): Promise<LoadedConfig> {
  const sent = deserialize(serialize({ plan, accepted })) as AcceptedConfig;
  assert.ok(sent.accepted !== null);
  return loadAccepted(sent.plan, sent.accepted, { env: ENV, onLoading: () => {} });
}

const MODULE = "export const createService = (options) => Object.assign(async () => {}, { options });\n";

/** What the first service's module was given. */
function optionsOf([first]: LoadedConfig["services"]): unknown {
  return first !== undefined && "options" in first.service ? first.service.options : null;
}

const FORMATS = {
  "belfry.config.json": `{ "services": { "a": { "use": "./a.mjs", "listen": ":1", "maxConns": 3, "options": { "key": "\${SECRET}" } } } }`,
  "belfry.config.yaml": `services: { a: { use: ./a.mjs, listen: ":1", maxConns: 3, options: { key: "\${SECRET}" } } }\n`,
  "belfry.config.toml": `[services.a]\nuse = "./a.mjs"\nlisten = ":1"\nmaxConns = 3\noptions = { key = "\${SECRET}" }\n`,
  "belfry.config.ts": `export default { services: { a: { use: "./a.mjs", listen: ":1", maxConns: 3, options: { key: process.env.NOT_SET ?? "\${SECRET}" } } } };\n`,
};

describe("loadAccepted()", () => {
  for (const [name, text] of Object.entries(FORMATS)) {
    it(`serves what was accepted of ${name} when the file is gone, with the values of its time`, async (context) => {
      const folder = makeFolder(context, { [name]: text, "a.mjs": MODULE });
      const found = await loadFrom(folder, { env: ENV });
      rmSync(join(folder, name));
      const { plan, services } = await passOn(found);
      assert.deepEqual(plan, found.plan);
      assert.deepEqual(services[0]?.plan, found.services[0]?.plan);
      assert.deepEqual(services[0]?.settings, found.services[0]?.settings);
      assert.deepEqual(optionsOf(services), { key: "hunter2" });
    });
  }

  it("serves the default set", async (context) => {
    const found = await loadFrom(makeFolder(context));
    const { services } = await passOn(found);
    assert.deepEqual(
      services.map(({ plan }) => plan),
      found.plan.services,
    );
  });

  it("serves FTP with its users, TLS and networks as any other", async (context) => {
    const folder = makeFolder(context, {
      "belfry.config.yaml": `services:
  files:
    use: ftp
    listen: 127.0.0.1:0
    passivePorts: 40000-40010
    users: [{ name: anna, password: "\${SECRET}" }]
    allow: [127.0.0.0/8]
    proxy: { trust: [10.0.0.0/8] }
`,
    });
    const found = await loadFrom(folder, { env: ENV });
    const { services } = await passOn(found);
    assert.deepEqual(services[0]?.settings, found.services[0]?.settings);
    assert.deepEqual(services[0]?.notes, found.services[0]?.notes);
  });

  it("names a module that has become bad", async (context) => {
    const folder = makeFolder(context, { "belfry.config.json": FORMATS["belfry.config.json"], "a.mjs": MODULE });
    const found = await loadFrom(folder, { env: ENV });
    rmSync(join(folder, "a.mjs"));
    await assert.rejects(passOn(found), /services\.a\.use: "\.\/a\.mjs": there is no such file/);
  });

  const IMPASSABLE = {
    "a function": "async () => {}",
    "a module's options of a class": `"./a.mjs", options: { at: new URL("http://example.org") }`,
    "a function in a module's options": `"./a.mjs", options: { log: () => {} }`,
  };
  for (const [what, use] of Object.entries(IMPASSABLE)) {
    it(`is no use for a config with ${what}: that is loaded again`, async (context) => {
      const text = `export default { services: { a: { listen: ":1", use: ${use} } } };\n`;
      const folder = makeFolder(context, { "belfry.config.mjs": text, "a.mjs": MODULE });
      assert.equal((await loadFrom(folder)).accepted, null);
    });
  }

  it("gives modules dates of YAML and TOML as dates", async (context) => {
    const yaml = `services: { a: { use: ./a.mjs, listen: ":1", options: { since: 2026-01-02 } } }\n`;
    const toml = `[services.a]\nuse = "./a.mjs"\nlisten = ":1"\noptions = { since = 2026-01-02 }\n`;
    for (const [name, text] of Object.entries({ "belfry.config.yaml": yaml, "belfry.config.toml": toml })) {
      const folder = makeFolder(context, { [name]: text, "a.mjs": MODULE });
      const { services } = await passOn(await loadFrom(folder));
      assert.deepEqual(optionsOf(services), { since: new Date("2026-01-02T00:00:00Z") });
    }
  });
});
