import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { findInstalled, findNode } from "./peers.mjs";
import { DEBIAN, INSTALLED, ROOT } from "./paths.mjs";

/** As many as there are for this process before it binds itself to one. */
const CORES = availableParallelism();

/** What the machine is. */
export function describeMachine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: CORES,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${/^[\d.]+/.exec(release())?.[0] ?? release()}`,
    distribution: distribution(),
  };
}

/**
 * The versions of all that is measured or measures, as far as it is here.
 *
 * @param {string | undefined} node
 */
export function describeVersions(node) {
  /** @type {Record<string, string>} */
  const versions = { runner: process.version };
  for (const [name, command] of Object.entries(versionCommands(node))) {
    const version = firstLine(command);
    if (version !== "") versions[name] = version;
  }
  return versions;
}

/** The commit, with `+` behind it when the checkout differs from it. */
export function describeCommit() {
  const commit = firstLine(() => ["git", "-C", ROOT, "rev-parse", "--short=12", "HEAD"]);
  const changed = firstLine(() => ["git", "-C", ROOT, "status", "--porcelain", "--untracked-files=no"]);
  return commit === "" ? "unknown" : `${commit}${changed === "" ? "" : "+"}`;
}

/**
 * @param {string | undefined} node
 * @returns {Record<string, () => string[]>}
 */
function versionCommands(node) {
  return {
    node: () => [findNode(node), "--version"],
    go: () => ["go", "version"],
    gcc: () => ["gcc", "--version"],
    bun: () => [findInstalled("@oven", "bin/bun"), "--version"],
    deno: () => [findInstalled("@deno", "deno"), "--version"],
    nc: () => ["dpkg-query", "-W", "-f", "${Version}", "netcat-openbsd"],
    ncat: () => ["ncat", "--version"],
    socat: () => ["dpkg-query", "-W", "-f", "${Version}", "socat"],
    vsftpd: () => unpacked("vsftpd"),
    proftpd: () => unpacked("proftpd-core"),
    "pure-ftpd": () => unpacked("pure-ftpd"),
    pyftpdlib: () => ["/usr/bin/python3", "-c", "import pyftpdlib; print(pyftpdlib.__ver__)"],
    "ftp-srv": () => ["node", "-p", `require(${JSON.stringify(join(INSTALLED, "ftp-srv/package.json"))}).version`],
    curl: () => ["curl", "--version"],
  };
}

/** What names the version of a package that `setup` has unpacked. @param {string} name */
function unpacked(name) {
  const folder = join(DEBIAN, "packages");
  const file = readdirSync(folder).find((one) => one.startsWith(`${name}_`));
  return ["dpkg-deb", "--field", join(folder, file ?? ""), "Version"];
}

/** @param {() => string[]} command */
function firstLine(command) {
  try {
    const [program = "", ...args] = command();
    const { stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
    return `${stdout ?? ""}${stderr ?? ""}`.trim().split("\n")[0] ?? "";
  } catch {
    return "";
  }
}

function distribution() {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "unknown";
  } catch {
    return "unknown";
  }
}
