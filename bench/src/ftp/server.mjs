import { connect, createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { createControlGroup } from "../control-group.mjs";
import { commandOf } from "../peers.mjs";
import { firstError, launch, stop } from "../processes.mjs";
import { scriptSettings, SETTINGS } from "./settings.mjs";

/** @import { AddressInfo } from "node:net" */
/** @import { ControlGroup } from "../control-group.mjs" */
/** @import { Options, Peer } from "../types.js" */
/** @import { Folder } from "./folder.mjs" */

const START_MS = 15_000;
const GREETING_MS = 1000;
/** Below the ports that Linux gives to clients, and for each server two for each of a thousand sessions: Pure-FTPd wants them. */
const FIRST_PASSIVE = 10_000;
const PASSIVE_PORTS = 3000;

/**
 * An FTP server under measurement, with all the processes it makes.
 *
 * @typedef {object} FtpServer
 * @property {number} port
 * @property {string} user
 * @property {string} password
 * @property {ControlGroup} group
 * @property {() => Promise<void>} stop
 */

/**
 * Starts the server of a peer in a control group of its own and waits until it greets.
 *
 * @param {Peer} peer
 * @param {object} at
 * @param {Folder} at.folder
 * @param {boolean} at.isSecure
 * @param {number} at.place which of the ranges of passive ports is its own
 * @param {number | undefined} at.core
 * @param {Options} at.options
 * @returns {Promise<FtpServer>}
 */
export async function startFtpServer(peer, { folder, isSecure, place, core, options }) {
  const base = commandOf(peer, options);
  const port = await findFreePort();
  const from = FIRST_PASSIVE + place * PASSIVE_PORTS;
  const settle = SETTINGS[peer.program] ?? scriptSettings;
  const settings = settle({ folder, port, passive: { from, to: from + PASSIVE_PORTS - 1 }, isSecure });
  const group = createControlGroup(peer.name);
  const child = launch(group.wrap([...base, ...settings.args]), core, ["ignore", "ignore", "pipe"]);
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text) => {
    if (said.length < 65_536) said += text;
  });
  let hasEnded = false;
  child.once("error", () => (hasEnded = true));
  child.once("close", () => (hasEnded = true));
  const end = async () => {
    await stop(child);
    await group.remove();
  };
  for (const late = Date.now() + START_MS; !(await greets(port)); await delay(20)) {
    if (!hasEnded && Date.now() < late) continue;
    await end();
    throw new Error(hasEnded ? (firstError(said) ?? "it ended at once") : `it did not greet within ${START_MS} ms`);
  }
  return { port, user: settings.user, password: settings.password, group, stop: end };
}

/** @returns {Promise<number>} a port of 127.0.0.1 that nobody listens on */
function findFreePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = /** @type {AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/** Whether an FTP server answers. @param {number} port @returns {Promise<boolean>} */
function greets(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const settle = (/** @type {boolean} */ isThere) => {
      resolve(isThere);
      socket.destroy();
    };
    socket.setTimeout(GREETING_MS, () => settle(false));
    socket.once("error", () => settle(false));
    socket.once("close", () => settle(false));
    socket.once("data", (chunk) => settle(chunk.toString("latin1").startsWith("220")));
  });
}
