// Brings a checkout to the point where its programs run: installs what is missing, builds what is stale.
// Plain JavaScript, for it runs before anything is installed.

import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The top of the checkout. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");

const MINIMUM_NODE = [20, 19];

/** Installs and builds, or ends the process with what went wrong. */
export function prepare() {
  checkNode();
  if (isInstallStale()) {
    console.error("installing dependencies (npm ci)");
    run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
  }
  run(process.execPath, [join(ROOT, "node_modules", "typescript", "bin", "tsc"), "-b"]);
}

/**
 * Runs a program in the checkout with its output passed through.
 *
 * @param {string} command
 * @param {string[]} args
 */
export function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: ROOT,
    stdio: "inherit",
    shell: process.platform === "win32" && command === "npm",
  });
  if (error !== undefined) fail(`Cannot run ${command}: ${error.message}`);
  if (status !== 0) fail(`Cannot go on: \`${command} ${args.join(" ")}\` ended with ${status}`);
}

/** npm writes node_modules/.package-lock.json last, so its age is that of the finished install. */
function isInstallStale() {
  const done = join(ROOT, "node_modules", ".package-lock.json");
  return !existsSync(done) || statSync(done).mtimeMs < statSync(join(ROOT, "package-lock.json")).mtimeMs;
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
