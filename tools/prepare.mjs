// Brings a checkout to the point where its programs run: installs what is missing, builds what is stale.
// Plain JavaScript, for it runs before anything is installed.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The top of the checkout. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");

const MINIMUM_NODE = [20, 19];

/** Installs and builds, or ends the process with what went wrong. */
export function prepare() {
  install();
  run(process.execPath, [join(ROOT, "node_modules", "typescript", "bin", "tsc"), "-b"]);
}

/** Installs what is missing, or ends the process with what went wrong. */
export function install() {
  checkNode();
  if (!isInstallStale()) return;
  console.error("installing dependencies (npm ci)");
  run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
}

/**
 * Runs a program in the checkout with its output passed through.
 *
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: ROOT,
    stdio: "inherit",
    shell: process.platform === "win32" && command === "npm",
  });
  if (error !== undefined) fail(`Cannot run ${command}: ${error.message}`);
  if (status !== 0) fail(`Cannot go on: \`${command} ${args.join(" ")}\` ended with ${status}`);
}

/**
 * Compares what the lock file asks for with what npm says it installed. Ages would not do: a checkout touches the one,
 * and an install that changed nothing leaves the other.
 */
function isInstallStale() {
  const installed = readEntries(join(ROOT, "node_modules", ".package-lock.json"));
  if (installed === undefined) return true;
  return Object.entries(readEntries(join(ROOT, "package-lock.json")) ?? {}).some(
    ([path, { version, optional, link }]) => {
      // npm leaves out what is optional and made for other systems, and does not list workspaces under their folders.
      if (optional === true || link === true || !path.includes("node_modules/")) return false;
      return installed[path]?.version !== version;
    },
  );
}

/** @param {string} file @returns {Record<string, { version?: string, optional?: boolean, link?: boolean }> | undefined} */
function readEntries(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).packages : undefined;
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = MINIMUM_NODE;
  if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
    fail(`Cannot run on Node ${process.versions.node}: ${MINIMUM_NODE.join(".")} or later is needed`);
  }
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(1);
}
