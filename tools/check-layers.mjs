// Checks that arrows between packages point one way, and only at public entries.
//   node tools/check-layers.mjs          prints what breaks the rule
//   node tools/check-layers.mjs --draw   prints the structure, as the imports have it, as a Mermaid diagram
// Circles between files and the length of files are the linter's business (`import/no-cycle`, `max-lines`).

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { parseSync } from "oxc-parser";
import { ROOT } from "./prepare.mjs";
import { isMain, show } from "./report.mjs";

/** Each package and what it may stand on. Nothing stands on testkit: it is for tests alone. */
const MAY_IMPORT = new Map([
  ["sync", []],
  ["net", ["sync"]],
  ["server", ["sync", "net"]],
  ["clock", ["sync", "net", "server"]],
  ["reverb", ["sync", "net", "server"]],
  ["ftp", ["sync", "net", "server"]],
  ["netcat", ["sync", "net"]],
  ["belfry", ["sync", "net", "server", "clock", "reverb", "ftp", "netcat"]],
  ["testkit", ["sync", "net", "server"]],
]);

const RUNTIME_FIELDS = ["dependencies", "optionalDependencies", "peerDependencies"];

/**
 * @typedef {object} Package
 * @property {string} folder its folder under `packages/`
 * @property {string} name
 * @property {string[]} dependencies names it needs at run time
 * @property {Record<string, unknown>} exports
 */

/**
 * @typedef {object} Import
 * @property {string} file from the root, with forward slashes
 * @property {number} line
 * @property {Package} from the package the file belongs to
 * @property {string} specifier
 */

/**
 * Reads the packages under `root` and reports every arrow that should not be there.
 *
 * @param {string} root
 * @returns {import("./report.mjs").Report}
 */
export function checkLayers(root) {
  const packages = readPackages(root);
  const imports = packages.flatMap((each) => readImports(root, each));
  const files = new Set(imports.map((each) => each.file));
  const findings = [
    ...packages.flatMap(checkManifest),
    ...packages.flatMap((each) => checkEntries(root, each)),
    ...imports.flatMap((each) => checkImport(root, each, packages)),
  ];
  return { findings, summary: `${packages.length} packages, ${imports.length} imports in ${files.size} files` };
}

/**
 * Draws the arrows between packages that the imports make.
 *
 * @param {string} root
 * @returns {string} a Mermaid flowchart
 */
export function drawLayers(root) {
  const packages = readPackages(root);
  /** @type {Set<string>} */
  const arrows = new Set();
  for (const { from, specifier } of packages.flatMap((each) => readImports(root, each))) {
    const target = findTarget(specifier, packages);
    if (target !== undefined) arrows.add(`  ${from.folder} --> ${target.folder}`);
  }
  return ["flowchart BT", ...[...arrows].sort()].join("\n");
}

/** @param {string} root @returns {Package[]} */
function readPackages(root) {
  return readdirSync(join(root, "packages"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, "packages", entry.name, "package.json")))
    .map((entry) => {
      const manifest = JSON.parse(readFileSync(join(root, "packages", entry.name, "package.json"), "utf8"));
      return {
        folder: entry.name,
        name: String(manifest.name),
        dependencies: RUNTIME_FIELDS.flatMap((field) => Object.keys(manifest[field] ?? {})),
        exports: manifest.exports ?? {},
      };
    });
}

/** @param {string} root @param {Package} from @returns {Import[]} */
function readImports(root, from) {
  const source = join(root, "packages", from.folder, "src");
  if (!existsSync(source)) return [];
  return readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.[cm]?tsx?$/.test(name))
    .flatMap((name) => {
      const file = relative(root, join(source, name)).split(sep).join("/");
      const text = readFileSync(join(source, name), "utf8");
      return findSpecifiers(file, text).map(({ specifier, at }) => {
        return { file, line: text.slice(0, at).split("\n").length, from, specifier };
      });
    });
}

/** @param {string} file @param {string} text */
function findSpecifiers(file, text) {
  const { staticImports, staticExports, dynamicImports } = parseSync(file, text).module;
  const requests = [
    ...staticImports.map((each) => each.moduleRequest),
    ...staticExports.flatMap((each) => each.entries[0]?.moduleRequest ?? []),
  ];
  const dynamic = dynamicImports.map(({ moduleRequest: { start, end } }) => {
    return { specifier: text.slice(start, end).replaceAll(/^["'`]|["'`]$/g, ""), at: start };
  });
  return [...requests.map(({ value, start }) => ({ specifier: value, at: start })), ...dynamic];
}

/** @param {Package} each @returns {string[]} */
function checkManifest({ folder, dependencies }) {
  const file = `packages/${folder}/package.json`;
  const allowed = MAY_IMPORT.get(folder);
  if (allowed === undefined) return [`${file}: "${folder}" has no layer: give it one in tools/check-layers.mjs`];
  return dependencies
    .map((name) => folderOf(name))
    .filter((target) => target !== undefined && !allowed.includes(target))
    .map((target) => `${file}: ${folder} may not depend on ${target}: it stands on ${nameList(allowed)}`);
}

/**
 * Each public entry is one file at the top of `src`, and there is no other barrel.
 *
 * @param {string} root @param {Package} each @returns {string[]}
 */
function checkEntries(root, { folder, exports }) {
  const targets = Object.entries(exports).map(([key, value]) => {
    const target = typeof value === "string" ? value : /** @type {Record<string, unknown>} */ (value)["default"];
    return { key, target: String(target) };
  });
  const findings = targets.flatMap(({ key, target }) => {
    if (key === "./package.json") return [];
    const name = /^\.\/dist\/([a-z0-9-]+)\.js$/.exec(target)?.[1];
    const isThere = name !== undefined && existsSync(join(root, "packages", folder, "src", `${name}.ts`));
    return isThere
      ? []
      : [`packages/${folder}/package.json: exports "${key}": no file src/*.ts stands for "${target}"`];
  });
  const source = join(root, "packages", folder, "src");
  const barrels = (existsSync(source) ? readdirSync(source, { recursive: true, encoding: "utf8" }) : [])
    .filter((name) => /[\\/]index\.ts$/.test(name))
    .map((name) => `packages/${folder}/src/${name.split(sep).join("/")}: only src/index.ts is a public face`);
  return [...findings, ...barrels];
}

/** @param {string} root @param {Import} each @param {Package[]} packages @returns {string[]} */
function checkImport(root, { file, line, from, specifier }, packages) {
  const where = `${file}:${line}`;
  if (specifier.startsWith(".")) {
    const target = relative(join(root, "packages", from.folder, "src"), resolve(root, dirname(file), specifier));
    if (target.startsWith("..")) return [`${where}: "${specifier}" leaves the package: import it by its name`];
    if (target === "index.js") return [`${where}: "${specifier}" is the public face: import the file itself`];
    return [];
  }
  const target = findTarget(specifier, packages);
  if (target === undefined) return [];
  if (target === from) return [`${where}: "${specifier}" is this package: import the file itself`];
  const allowed = MAY_IMPORT.get(from.folder) ?? [];
  if (!allowed.includes(target.folder)) {
    return [`${where}: ${from.folder} may not import ${target.folder}: it stands on ${nameList(allowed)}`];
  }
  if (!from.dependencies.includes(target.name))
    return [`${where}: ${target.name} is not in ${from.name}'s dependencies`];
  const entry = `.${specifier.slice(target.name.length)}`;
  return entry in target.exports ? [] : [`${where}: "${specifier}" is no public entry of ${target.name}`];
}

/** @param {string} specifier @param {Package[]} packages */
function findTarget(specifier, packages) {
  return packages.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
}

/** @param {string} name @returns {string | undefined} the folder of a package of ours, from its name */
function folderOf(name) {
  if (name === "belfry") return name;
  return name.startsWith("@belfry/") ? name.slice("@belfry/".length) : undefined;
}

/** @param {readonly string[]} names */
function nameList(names) {
  return names.length === 0 ? "nothing" : names.join(", ");
}

if (isMain(import.meta.url)) {
  if (process.argv.includes("--draw")) console.log(drawLayers(ROOT));
  else show("layers", checkLayers(ROOT));
}
