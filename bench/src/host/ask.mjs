import { Agent, get } from "node:http";

const PATIENCE_MS = 30_000;

/** One connection to a debug server is kept open, as scrapers do. */
const agent = new Agent({ keepAlive: true, maxSockets: 4 });

/**
 * Asks a debug server for a page and drops it.
 *
 * @param {number} port
 * @param {string} path
 * @returns {Promise<{ ms: number, bytes: number }>} how long it took to its last byte
 * @throws {Error} on any other status than 200
 */
export function ask(port, path) {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const request = get({ port, path, host: "127.0.0.1", agent, timeout: PATIENCE_MS }, (response) => {
      let bytes = 0;
      response.on("data", (/** @type {Buffer} */ chunk) => (bytes += chunk.length));
      response.once("error", reject);
      response.once("end", () => {
        if (response.statusCode === 200) resolve({ ms: performance.now() - began, bytes });
        else reject(new Error(`${path} was answered with ${response.statusCode}`));
      });
    });
    request.once("timeout", () => request.destroy(new Error(`${path} was not answered in ${PATIENCE_MS} ms`)));
    request.once("error", reject);
  });
}

/**
 * Opens a feed of server-sent events and drops what comes.
 *
 * @param {number} port
 * @param {string} path
 * @returns {Promise<{ bytes: () => number, close: () => void }>} once the first bytes are there
 */
export function openFeed(port, path) {
  return new Promise((resolve, reject) => {
    let bytes = 0;
    const request = get({ port, path, host: "127.0.0.1", agent: false }, (response) => {
      response.on("error", () => {});
      response.on("data", (/** @type {Buffer} */ chunk) => {
        bytes += chunk.length;
        resolve({ bytes: () => bytes, close: () => request.destroy() });
      });
      response.once("end", () => reject(new Error(`${path} ended with status ${response.statusCode}`)));
    });
    request.on("error", reject);
  });
}
