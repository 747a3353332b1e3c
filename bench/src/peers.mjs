import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { buildC, buildGo } from "./build.mjs";
import { BENCH, DEBIAN, INSTALLED, ROOT } from "./paths.mjs";
import { Unavailable } from "./unavailable.mjs";

/** @import { Options, Peer } from "./types.js" */

const DEFAULT_NODE = "24";

/**
 * The command line that starts a peer.
 *
 * @param {Peer} peer
 * @param {Pick<Options, "node">} options
 * @returns {string[]}
 * @throws {Unavailable} that says what is missing
 */
export function commandOf(peer, options) {
  return [...STARTERS[peer.runtime](peer, options), ...(peer.args ?? [])];
}

/** @type {Record<Peer["runtime"], (peer: Peer, options: Pick<Options, "node">) => string[]>} */
const STARTERS = {
  c: ({ program }) => [buildC(program)],
  go: ({ program }) => [buildGo(program)],
  node: (peer, { node }) => [findNode(node), scriptOf(peer, ".mjs")],
  belfry: (peer, { node }) => [findNode(node), scriptOf(peer, ".mjs")],
  cli: ({ program, root = ROOT }, { node }) => [findNode(node), join(root, "packages/belfry/bin/belfry.js"), program],
  bun: (peer) => [findInstalled("@oven", "bin/bun"), "run", scriptOf(peer, ".js")],
  deno: (peer) => [findInstalled("@deno", "deno"), "run", "--allow-net", "--no-config", scriptOf(peer, ".js")],
  system: ({ program }) => [findOnPath(program)],
  debian: ({ program }) => [findUnpacked(program)],
  // What Debian packages for Python is found by Debian's own.
  python: ({ program }) => ["/usr/bin/python3", join(BENCH, "peers", "python", `${program}.py`)],
};

/**
 * @param {Peer} peer
 * @param {string} ending
 */
function scriptOf({ runtime, program, root = ROOT }, ending) {
  return join(root, "bench", "peers", runtime, `${program}${ending}`);
}

/**
 * The peers, and behind each of ours the same of another checkout.
 *
 * @param {readonly Peer[]} peers
 * @param {string} root the top of that checkout, installed and built
 * @returns {Peer[]}
 */
export function addBase(peers, root) {
  return peers.flatMap((peer) => {
    if (peer.runtime !== "belfry" && peer.runtime !== "cli") return [peer];
    return [peer, { ...peer, name: `${peer.name}@base`, label: `${peer.label} (base)`, root }];
  });
}

/**
 * The Node that was asked for, by major version or path; without a wish the one compared with, else this one.
 *
 * @param {string | undefined} wanted
 */
export function findNode(wanted) {
  if (wanted === undefined) return findMajor(DEFAULT_NODE) ?? process.execPath;
  if (!/^\d+$/.test(wanted)) return wanted;
  const found = findMajor(wanted);
  if (found === undefined)
    throw new Unavailable(`Node ${wanted} is missing (run bench/setup, or choose another with --node)`);
  return found;
}

/** @param {string} major */
function findMajor(major) {
  const installed = join(INSTALLED, `node${major}`, "bin", "node");
  if (existsSync(installed)) return installed;
  return process.versions.node.split(".")[0] === major ? process.execPath : undefined;
}

/**
 * A runtime that npm installs as one package a platform, under one scope.
 *
 * @param {string} scope
 * @param {string} binary
 */
export function findInstalled(scope, binary) {
  const folder = join(INSTALLED, scope);
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const path = join(folder, name, binary);
    if (existsSync(path)) return path;
  }
  throw new Unavailable(`${scope.slice(1) === "oven" ? "Bun" : "Deno"} is missing (run bench/setup)`);
}

/** @param {string} program */
function findUnpacked(program) {
  const path = join(DEBIAN, "usr", "sbin", program);
  if (!existsSync(path)) throw new Unavailable(`${program} is missing (run bench/setup)`);
  return path;
}

/** @param {string} command */
function findOnPath(command) {
  const { status, stdout } = spawnSync("sh", ["-c", 'command -v "$1"', "sh", command], { encoding: "utf8" });
  if (status !== 0) throw new Unavailable(`${command} is missing (run bench/setup)`);
  return stdout.trim();
}
