// Checks what would be published: the shape of each public package, the files it would ship, and the lock file.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { ROOT } from "./prepare.mjs";
import { isMain, show } from "./report.mjs";

const MUST_SHIP = ["LICENSE", "README.md", "package.json", "dist/index.js", "dist/index.d.ts"];
const MAY_SHIP = new RegExp(
  [
    String.raw`^(?:LICENSE|README\.md|package\.json`,
    String.raw`dist\/.+\.(?:js|d\.ts)(?:\.map)?`,
    String.raw`bin\/[a-z-]+\.js`,
    String.raw`schema\/[a-z.-]+\.json`,
    String.raw`web\/assets\/[a-z-]+\.(?:css|html|svg))$`,
  ].join("|"),
);

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {boolean} [private]
 * @property {string} [license]
 * @property {{ node?: string }} [engines]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [scripts]
 */

/** @typedef {{ folder: string, manifest: Manifest }} Package */

/**
 * @typedef {object} LockEntry
 * @property {string} [resolved]
 * @property {boolean} [dev]
 * @property {boolean} [hasInstallScript]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [optionalDependencies]
 */

/**
 * Checks the packages under `root`, which must be built.
 *
 * @param {string} root
 * @returns {Promise<import("./report.mjs").Report>}
 */
export async function checkPackages(root) {
  const packages = readPackages(root);
  const shipped = packages.filter(({ manifest }) => manifest.private !== true);
  const findings = [...checkManifests(root, packages), ...checkLockfile(root)];
  let count = 0;
  for (const each of shipped) {
    const files = listFiles(join(root, "packages", each.folder));
    count += files.length;
    findings.push(...checkFiles(each, files), ...(await lintPackage(root, each)));
  }
  return { findings, summary: `${shipped.length} public packages, ${count} files to ship, the lock file` };
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

/** @param {string} root @returns {Package[]} */
function readPackages(root) {
  return readdirSync(join(root, "packages"))
    .filter((folder) => existsSync(join(root, "packages", folder, "package.json")))
    .map((folder) => ({ folder, manifest: readJson(join(root, "packages", folder, "package.json")) }));
}

/** All packages are released together: one version, one licence, one range of runtimes. @param {string} root @param {Package[]} packages */
function checkManifests(root, packages) {
  /** @type {Manifest} */
  const top = readJson(join(root, "package.json"));
  const version = packages[0]?.manifest.version;
  const names = new Set(packages.map(({ manifest }) => manifest.name));
  return packages.flatMap(({ folder, manifest }) => {
    const where = `packages/${folder}/package.json`;
    const findings = [];
    const expect = (
      /** @type {string} */ what,
      /** @type {string | undefined} */ is,
      /** @type {string | undefined} */ wanted,
    ) => {
      if (is !== wanted) findings.push(`${where}: ${what} is "${is}", expected "${wanted}"`);
    };
    expect("version", manifest.version, version);
    expect("license", manifest.license, top.license);
    expect("engines.node", manifest.engines?.node, top.engines?.node);
    for (const [name, range] of Object.entries(manifest.dependencies ?? {})) {
      if (names.has(name)) expect(`dependencies.${name}`, range, version);
    }
    for (const script of ["preinstall", "install", "postinstall"]) {
      if (manifest.scripts?.[script] !== undefined) findings.push(`${where}: runs a script on install: "${script}"`);
    }
    return findings;
  });
}

/** @param {string} folder @returns {string[]} what `npm publish` would ship */
function listFiles(folder) {
  const { status, stdout, stderr } = spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: folder,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error(`Cannot list ${folder}: ${stderr}`);
  // npm 10 prints an array, later ones an object by name.
  const [packed] = Object.values(JSON.parse(stdout));
  return packed.files.map((/** @type {{ path: string }} */ file) => file.path);
}

/** @param {Package} each @param {string[]} files */
function checkFiles({ folder }, files) {
  return [
    ...MUST_SHIP.filter((file) => !files.includes(file)).map((file) => `packages/${folder}: would not ship ${file}`),
    ...files.filter((file) => !MAY_SHIP.test(file)).map((file) => `packages/${folder}: would ship ${file}`),
  ];
}

/** @param {string} root @param {Package} each */
async function lintPackage(root, { folder, manifest }) {
  const { messages } = await publint({ pkgDir: join(root, "packages", folder), pack: false, strict: true });
  return messages.map((message) => `packages/${folder}: ${formatMessage(message, manifest, { color: false })}`);
}

/**
 * What users install runs no script; the file names no registry, so that each user's own is asked; and it is whole. npm
 * leaves out optional packages that it could not get, and `npm ci` then fails, there and everywhere else.
 *
 * @param {string} root
 */
function checkLockfile(root) {
  /** @type {Record<string, LockEntry>} */
  const entries = readJson(join(root, "package-lock.json")).packages;
  return Object.entries(entries).flatMap(([path, entry]) => {
    const { resolved, dev, hasInstallScript } = entry;
    const findings = [];
    if (hasInstallScript === true && dev !== true) findings.push(`package-lock.json: ${path} runs a script on install`);
    if (/^[a-z+]+:/.test(resolved ?? "")) findings.push(`package-lock.json: ${path} names a registry: ${resolved}`);
    for (const name of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) {
      if (!isLocked(entries, path, name)) findings.push(`package-lock.json: ${path} needs ${name}, which is not there`);
    }
    return findings;
  });
}

/**
 * Looks where Node would: beside the package's own dependencies, then in each folder above.
 *
 * @param {Record<string, LockEntry>} entries @param {string} path @param {string} name
 */
function isLocked(entries, path, name) {
  const folders = path.split("/node_modules/");
  for (let depth = folders.length; depth > 0; depth--) {
    if (`${folders.slice(0, depth).join("/node_modules/")}/node_modules/${name}` in entries) return true;
  }
  return `node_modules/${name}` in entries;
}

if (isMain(import.meta.url)) show("packages", await checkPackages(ROOT));
