import { createServer } from "node:net";

/**
 * Listens on a free port of 127.0.0.1 and says so on standard error.
 *
 * @param {import("node:net").ServerOpts} options
 * @param {(socket: import("node:net").Socket) => void} handle
 */
export function listenAnywhere(options, handle) {
  const server = createServer({ noDelay: true, allowHalfOpen: true, ...options }, (socket) => {
    socket.on("error", () => socket.destroy());
    handle(socket);
  });
  server.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, () => {
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    console.error(`listening on 127.0.0.1:${port}`);
  });
}
