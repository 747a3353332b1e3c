import { spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { Unavailable } from "../unavailable.mjs";

/**
 * Which files a workload wants.
 *
 * @typedef {object} Contents
 * @property {number} [big] bytes of `big`
 * @property {{ count: number, bytes: number }} [small] files `small/0`, `small/1` …
 * @property {number} [entries] empty files in `list`
 */

/**
 * Where servers, clients and settings find their files: all in memory, so that no disk is measured.
 *
 * @typedef {object} Folder
 * @property {string} root what the servers serve; uploads go to `up` in it
 * @property {string} settings a folder for configuration
 * @property {string} certificate its path, as PEM
 * @property {string} key
 * @property {string} both key and certificate in one file
 * @property {() => string[]} uploads the paths of what has been uploaded
 * @property {() => void} removeUploads
 * @property {() => void} remove
 */

const MEMORY = "/dev/shm";
/** The files are this again and again; `load/ftp-session.c` makes the same. */
const PATTERN = Buffer.from(Array.from({ length: 65_521 }, (_, i) => (i * 7 + Math.floor(i / 251)) & 0xff));

/**
 * @param {Contents} contents
 * @returns {Folder}
 */
export function makeFolder({ big, small, entries }) {
  if (!existsSync(MEMORY)) throw new Unavailable(`there is no ${MEMORY} for files in memory`);
  const base = join(MEMORY, `belfry-bench-ftp-${process.pid}`);
  rmSync(base, { recursive: true, force: true });
  const root = join(base, "root");
  const settings = join(base, "settings");
  const up = join(root, "up");
  for (const path of [root, settings, up]) mkdirSync(path, { recursive: true, mode: 0o755 });
  // The daemons give up root's rights and some insist on a root directory they cannot write to.
  spawnSync("chmod", ["1777", up]);
  const remove = () => rmSync(base, { recursive: true, force: true });
  process.once("exit", remove);
  if (big !== undefined) writePattern(join(root, "big"), big);
  if (small !== undefined) writeNumbered(join(root, "small"), small.count, patternOf(small.bytes));
  if (entries !== undefined) writeNumbered(join(root, "list"), entries, Buffer.alloc(0));
  return {
    root,
    settings,
    ...makeCertificate(settings),
    uploads: () => readdirSync(up).map((name) => join(up, name)),
    removeUploads: () => {
      for (const name of readdirSync(up)) rmSync(join(up, name), { recursive: true, force: true });
    },
    remove,
  };
}

/**
 * Whether a file is what the client sends and the files to fetch consist of.
 *
 * @param {string} path
 * @param {number} bytes how long it ought to be
 */
export function isPattern(path, bytes) {
  const content = readFileSync(path);
  if (content.length !== bytes) return false;
  for (let at = 0; at < bytes; at += PATTERN.length) {
    const length = Math.min(PATTERN.length, bytes - at);
    if (content.compare(PATTERN, 0, length, at, at + length) !== 0) return false;
  }
  return true;
}

/** @param {number} bytes */
function patternOf(bytes) {
  return Buffer.alloc(bytes, PATTERN);
}

/**
 * @param {string} path
 * @param {number} bytes
 */
function writePattern(path, bytes) {
  const many = Buffer.concat(Array.from({ length: 64 }, () => PATTERN));
  const fd = openSync(path, "w");
  for (let left = bytes; left > 0;) left -= writeSync(fd, many, 0, Math.min(left, many.length));
  closeSync(fd);
}

/**
 * @param {string} folder
 * @param {number} count
 * @param {Buffer} content
 */
function writeNumbered(folder, count, content) {
  mkdirSync(folder);
  for (let i = 0; i < count; i += 1) writeFileSync(join(folder, String(i)), content);
}

/** @param {string} settings */
function makeCertificate(settings) {
  const [key, certificate, both] = ["key.pem", "certificate.pem", "both.pem"].map((name) => join(settings, name));
  const args = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=127.0.0.1"];
  const made = spawnSync("openssl", [...args, "-keyout", `${key}`, "-out", `${certificate}`]);
  if (made.status !== 0) throw new Unavailable("openssl is missing: it makes the certificate");
  writeFileSync(`${both}`, `${readFileSync(`${key}`, "utf8")}${readFileSync(`${certificate}`, "utf8")}`, {
    mode: 0o600,
  });
  return { key: `${key}`, certificate: `${certificate}`, both: `${both}` };
}
