import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkPackages } from "./check-packages.mjs";
import { makeTree } from "./tree.mjs";

const MANIFEST = {
  name: "@belfry/sync",
  version: "0.1.0",
  license: "MIT",
  repository: { type: "git", url: "git+https://github.com/belfry/belfry.git", directory: "packages/sync" },
  files: ["dist", "!dist/.tsbuildinfo"],
  type: "module",
  exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
  engines: { node: ">=20.19" },
};

/** One package as it should be; each test breaks one thing. */
const HOUSE = {
  "package.json": { private: true, license: "MIT", engines: { node: ">=20.19" } },
  "package-lock.json": { packages: { "node_modules/a": { version: "1.0.0" } } },
  "packages/sync/package.json": MANIFEST,
  "packages/sync/README.md": "# sync\n",
  "packages/sync/LICENSE": "MIT\n",
  "packages/sync/dist/index.js": "export {};\n",
  "packages/sync/dist/index.d.ts": "export {};\n",
};

describe("checkPackages()", () => {
  /** @param {import("node:test").TestContext} context @param {Record<string, unknown>} change */
  const findingsWith = async (context, change) =>
    (await checkPackages(makeTree(context, { ...HOUSE, ...change }))).findings;

  /** @param {Record<string, unknown>} change */
  const manifestWith = (change) => ({ "packages/sync/package.json": { ...MANIFEST, ...change } });

  it("finds nothing in a package as it should be", async (context) => {
    assert.deepEqual(await findingsWith(context, {}), []);
  });

  it("reports what would be shipped and should not", async (context) => {
    const change = { "packages/sync/dist/a.test.ts": "", "packages/sync/dist/.env": "" };
    assert.deepEqual([...(await findingsWith(context, change))].sort(), [
      "packages/sync: would ship dist/.env",
      "packages/sync: would ship dist/a.test.ts",
    ]);
  });

  it("reports what would be missing", async (context) => {
    const findings = await findingsWith(context, manifestWith({ files: ["dist/index.js"] }));
    assert.ok(findings.includes("packages/sync: would not ship dist/index.d.ts"));
  });

  it("passes on what publint finds", async (context) => {
    const exports = { ".": { default: "./dist/index.js", types: "./dist/index.d.ts" } };
    const findings = await findingsWith(context, manifestWith({ exports }));
    assert.match(findings.join("\n"), /packages\/sync: .*types.*first/s);
  });

  it("reports other runtimes, licences and install scripts", async (context) => {
    const change = { engines: { node: ">=18" }, license: "ISC", scripts: { postinstall: "node x.js" } };
    const findings = (await findingsWith(context, manifestWith(change))).join("\n");
    assert.match(findings, /engines\.node is ">=18", expected ">=20\.19"/);
    assert.match(findings, /license is "ISC", expected "MIT"/);
    assert.match(findings, /runs a script on install: "postinstall"/);
  });

  it("reports packages of different versions", async (context) => {
    const other = {
      ...MANIFEST,
      private: true,
      name: "@belfry/net",
      version: "0.2.0",
      dependencies: { "@belfry/sync": "^0.1.0" },
    };
    const findings = (await findingsWith(context, { "packages/net/package.json": other })).join("\n");
    assert.match(findings, /packages\/sync\/package\.json: version is "0\.1\.0", expected "0\.2\.0"/);
    assert.match(findings, /dependencies\.@belfry\/sync is "\^0\.1\.0", expected "0\.2\.0"/);
  });

  it("reports a lock file that names a registry or lets a dependency run a script", async (context) => {
    const packages = {
      "node_modules/a": { resolved: "https://registry.example/a.tgz" },
      "node_modules/b": { hasInstallScript: true },
      "node_modules/c": { hasInstallScript: true, dev: true },
      "node_modules/d": { resolved: "packages/d", link: true },
    };
    assert.deepEqual(await findingsWith(context, { "package-lock.json": { packages } }), [
      "package-lock.json: node_modules/a names a registry: https://registry.example/a.tgz",
      "package-lock.json: node_modules/b runs a script on install",
    ]);
  });

  it("reports a lock file that lacks a dependency, optional ones too", async (context) => {
    const packages = {
      "node_modules/a": { dependencies: { b: "1", c: "1" }, optionalDependencies: { d: "1" } },
      "node_modules/a/node_modules/b": { dependencies: { c: "1" } },
      "node_modules/c": {},
    };
    assert.deepEqual(await findingsWith(context, { "package-lock.json": { packages } }), [
      "package-lock.json: node_modules/a needs d, which is not there",
    ]);
  });
});
