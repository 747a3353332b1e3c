import { setTimeout as delay } from "node:timers/promises";
import { chooseCores } from "../processes.mjs";
import { measureRunning, toSample } from "../served.mjs";
import { measureAlone } from "../solo.mjs";
import { CLEAN_WAIT } from "../statistics.mjs";
import { buildFtpClient, checkUploads, runCurl, runFtpClient } from "./client.mjs";
import { makeFolder } from "./folder.mjs";
import { startFtpServer } from "./server.mjs";

/** @import { FtpCase, Measured, Peer, Run, Sample } from "../types.js" */
/** @import { Contents, Folder } from "./folder.mjs" */
/** @import { FtpServer } from "./server.mjs" */

const STARTS = 2;
/** What is left to be done after a file has been removed or a process has ended is not the next sample's. */
const REST_MS = 30;

/**
 * Measures FTP servers that run side by side, sampled in turn.
 *
 * @param {Run} run whose cases are FTP cases
 * @param {{ contents: Contents, isSecure?: boolean }} options
 * @returns {Promise<Measured>}
 */
export async function measureFtp(run, { contents, isSecure = false }) {
  buildFtpClient();
  const folder = makeFolder(contents);
  const { cores, note } = chooseCores(run.options);
  try {
    const measured = await measureRunning(run, {
      starts: STARTS,
      start: (peer, core) =>
        startFtpServer(peer, { ...placeOf(run, peer), folder, isSecure, core, options: run.options }),
      take: (at, server) => cleanly(folder, () => takeSample(/** @type {FtpCase} */ (at), server, { cores, folder })),
      warmUp: (at, server) => cleanly(folder, () => tryOnce(/** @type {FtpCase} */ (at), server, { cores, folder })),
    });
    return {
      ...measured,
      method:
        `samples in shuffled order over ${STARTS} starts of each server, kept when other work kept server and client waiting ` +
        `under ${CLEAN_WAIT * 100} % of the time, against the reference sample nearest in time; files in memory; ${note}; ` +
        `CPU of ${describeCpu(run)}, all processes of a server counted`,
    };
  } finally {
    folder.remove();
  }
}

/**
 * Measures FTP servers one after the other, each run with a server of its own.
 *
 * @param {Run} run
 * @param {{ contents: Contents, toSample: (report: Record<string, number>) => Sample, method: string }} options
 * @returns {Promise<Measured>}
 */
export async function measureFtpAlone(run, { contents, toSample: toOwnSample, method }) {
  buildFtpClient();
  const folder = makeFolder(contents);
  try {
    const measured = await measureAlone(run, async (at, peer, cores) => {
      const place = placeOf(run, peer);
      const core = peer.isUnbound === true ? undefined : cores?.server;
      const server = await startFtpServer(peer, { ...place, folder, isSecure: false, core, options: run.options });
      try {
        const { logins, ...rest } = /** @type {FtpCase} */ (at);
        const options = { core: cores?.client };
        if (logins !== undefined)
          await runFtpClient({ ...rest, mode: "login", count: logins, conns: 16 }, server, options);
        return toOwnSample(await runFtpClient(rest, server, options));
      } finally {
        await server.stop();
      }
    });
    return { ...measured, method: `${method}; files in memory; ${chooseCores(run.options).note}` };
  } finally {
    folder.remove();
  }
}

/**
 * @param {Run} run
 * @param {Peer} peer
 */
function placeOf(run, peer) {
  return { place: run.peers.indexOf(peer) };
}

/**
 * @param {FtpCase} at
 * @param {FtpServer} server
 * @param {Parameters<typeof runCurl>[2]} options
 */
async function takeSample(at, server, options) {
  if (at.client === "curl") return await runCurl(at, server, options);
  return toSample(await runFtpClient(at, server, { core: options.cores?.client }), at.cpuOf);
}

/**
 * The first time, every byte is compared; then the server is warmed up.
 *
 * @param {FtpCase} at
 * @param {FtpServer} server
 * @param {Parameters<typeof runCurl>[2]} options
 */
async function tryOnce(at, server, options) {
  if (at.client === "curl") await runCurl(at, server, options);
  else await runFtpClient(at, server, { core: options.cores?.client, isVerified: true });
  checkUploads(at, options.folder);
  if (at.warmUp !== undefined) {
    await runFtpClient({ ...at, seconds: at.warmUp }, server, { core: options.cores?.client });
  }
}

/**
 * @template T
 * @param {Folder} folder
 * @param {() => Promise<T>} work
 */
async function cleanly(folder, work) {
  try {
    return await work();
  } finally {
    folder.removeUploads();
    await delay(REST_MS);
  }
}

/** @param {Run} run */
function describeCpu(run) {
  const both = /** @type {readonly FtpCase[]} */ (run.cases).filter(({ cpuOf }) => cpuOf === "both");
  if (both.length === run.cases.length) return "server and client";
  return both.length === 0
    ? "the server"
    : `the server, with the client's for ${both.map(({ name }) => name).join(", ")}`;
}
