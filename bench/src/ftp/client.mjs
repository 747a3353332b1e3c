import { readFileSync } from "node:fs";
import { buildLoad, buildTool } from "../build.mjs";
import { readCoreUse } from "../accounts.mjs";
import { launch, parseReport, runJson } from "../processes.mjs";
import { toSample } from "../served.mjs";
import { isPattern } from "./folder.mjs";

/** @import { Cores, FtpCase, Sample } from "../types.js" */
/** @import { Folder } from "./folder.mjs" */
/** @import { FtpServer } from "./server.mjs" */

const MIB = 2 ** 20;
/** One for all servers: what they would choose differs by a third in CPU time. */
const CIPHER = "TLS_AES_128_GCM_SHA256";

/**
 * The compiled client of FTP servers.
 *
 * @returns {string}
 */
export function buildFtpClient() {
  return buildLoad("ftp", ["ftp-session"]);
}

/**
 * Runs the client in C once and hands on what it reports.
 *
 * @param {FtpCase} at
 * @param {FtpServer} server
 * @param {{ core: number | undefined, isVerified?: boolean }} options
 */
export async function runFtpClient(at, server, { core, isVerified = false }) {
  const values = {
    mode: at.mode,
    port: server.port,
    group: server.group.path,
    user: server.user,
    password: server.password,
    path: at.path,
    bytes: at.bytes ?? 0,
    count: at.count ?? 1,
    conns: at.conns ?? 1,
    seconds: at.seconds ?? 0,
    warmup: 0,
    verify: isVerified ? 1 : 0,
  };
  const args = Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return await runJson([buildFtpClient(), ...args], core);
}

/**
 * Moves one file under TLS 1.3 with curl. The rate is that within curl, from the command that starts the transfer on; the CPU
 * is that of the whole session, on both sides.
 *
 * @param {FtpCase} at
 * @param {FtpServer} server
 * @param {{ cores: Cores | undefined, folder: Folder }} options
 * @returns {Promise<Sample>}
 */
export async function runCurl(at, server, { cores, folder }) {
  const { bytes = 0, path, mode } = at;
  const isUp = mode === "up";
  const url = `ftp://127.0.0.1:${server.port}/${path}${isUp ? String(Date.now()) : ""}`;
  const options = {
    "tls13-ciphers": CIPHER,
    "max-time": 60,
    user: `${server.user}:${server.password}`,
    "write-out": "%{stderr}%{json}",
    ...(isUp && { "upload-file": `${folder.root}/big` }),
  };
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const command = ["curl", "--silent", "--show-error", "--insecure", "--ssl-reqd", "--tlsv1.3", ...words, url];
  const [before, coreBefore] = [server.group.read(), cores === undefined ? 0 : readCoreUse(cores.server)];
  const { stdout, stderr } = await runToEnd([buildTool("account"), ...command], cores?.client);
  const [after, coreAfter] = [server.group.read(), cores === undefined ? 0 : readCoreUse(cores.server)];
  const account = parseReport(stdout);
  const told = JSON.parse(/\{.*\}/s.exec(stderr)?.[0] ?? "{}");
  if (account.status !== 0) throw new Error(told.errormsg ?? `curl ended with ${account.status}`);
  const moved = isUp ? told.size_upload : told.size_download;
  if (moved !== bytes) throw new Error(`${moved} of ${bytes} bytes were moved`);
  const serverCpu = after.cpu - before.cpu;
  const sample = toSample(
    {
      seconds: told.time_total - told.time_pretransfer,
      operations: bytes / MIB,
      serverCpu,
      clientCpu: account.cpu ?? 0,
      serverWait: after.wait - before.wait,
      clientWait: account.wait ?? 0,
      // Unpinned, nothing tells what others did.
      foreignCpu: cores === undefined ? Number.POSITIVE_INFINITY : Math.max(0, coreAfter - coreBefore - serverCpu),
    },
    at.cpuOf,
  );
  const uses = { serverUse: serverCpu / told.time_total, clientUse: (account.cpu ?? 0) / told.time_total };
  return { ...sample, figures: { ...uses, sessionSeconds: told.time_total } };
}

/**
 * Whether every uploaded file is what was sent.
 *
 * @param {FtpCase} at
 * @param {Folder} folder
 * @throws {Error} naming the first that is not
 */
export function checkUploads(at, folder) {
  if (!at.mode.endsWith("up")) return;
  const paths = folder.uploads();
  const wrong = paths.find((path) => !isPattern(path, at.bytes ?? 0));
  if (wrong !== undefined) throw new Error(`${wrong} is not what was sent: ${readFileSync(wrong).length} bytes`);
  if (paths.length === 0) throw new Error("nothing was stored");
}

/**
 * @param {readonly string[]} command
 * @param {number | undefined} core
 * @returns {Promise<{ stdout: string, stderr: string }>}
 */
function runToEnd(command, core) {
  const child = launch(command, core, ["ignore", "pipe", "pipe"]);
  const texts = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (chunk) => (texts.stdout += chunk));
  child.stderr?.setEncoding("utf8").on("data", (chunk) => (texts.stderr += chunk));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve(texts));
  });
}
