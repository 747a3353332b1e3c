// Echo on node:net as people write it: "data", "pipe", "for-await", and "onread" with one buffer for all.

import { listenAnywhere } from "./listen.mjs";
import { readShared } from "./onread.mjs";

/** @type {Record<string, (socket: import("node:net").Socket) => void>} */
const MODES = {
  data: (socket) => {
    socket.on("data", (chunk) => {
      if (socket.write(chunk)) return;
      socket.pause();
      socket.once("drain", () => socket.resume());
    });
    socket.on("end", () => socket.end());
  },
  pipe: (socket) => void socket.pipe(socket),
  "for-await": (socket) => {
    echoChunks(socket).catch(() => socket.destroy());
  },
  onread: (accepted) =>
    readShared(accepted, (socket, chunk) => {
      if (socket.write(chunk)) return;
      socket.pause();
      socket.once("drain", () => socket.resume());
    }),
};

/** @param {import("node:net").Socket} socket */
async function echoChunks(socket) {
  for await (const chunk of socket) {
    if (!socket.write(chunk)) await new Promise((resolve) => socket.once("drain", resolve));
  }
  socket.end();
}

const mode = process.argv[2] ?? "";
const handle = MODES[mode];
if (handle === undefined) throw new Error(`Cannot echo: unknown mode "${mode}"`);
listenAnywhere({ pauseOnConnect: mode === "onread" }, handle);
