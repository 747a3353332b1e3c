import { Socket } from "node:net";

/**
 * Reads an accepted socket through `onread`, into one buffer that all connections share. node:net takes `onread` for
 * outgoing sockets only, so the handle of a socket that has not read yet moves into a new one.
 *
 * @param {Socket} accepted paused on connect
 * @param {(socket: Socket, chunk: Uint8Array) => void} onData the chunk is only good until it returns
 */
export function readShared(accepted, onData) {
  const unowned = /** @type {{ _handle: unknown }} */ (/** @type {unknown} */ (accepted));
  const handle = unowned._handle;
  unowned._handle = null;
  const options = {
    handle,
    allowHalfOpen: true,
    onread: {
      // A write that the kernel did not take whole still refers to the buffer: then the others go on with a new one.
      buffer: () => (socket.writableLength > 0 ? (shared = Buffer.allocUnsafeSlow(SHARED_SIZE)) : shared),
      callback: (/** @type {number} */ length, /** @type {Uint8Array} */ buffer) => {
        onData(socket, buffer.subarray(0, length));
        return true;
      },
    },
  };
  /** @type {Socket} */
  let socket = /** @type {any} */ ({ writableLength: 0 });
  socket = new Socket(options);
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  socket.on("end", () => socket.end());
  socket.read(0);
}

const SHARED_SIZE = 65_536;
let shared = Buffer.allocUnsafeSlow(SHARED_SIZE);
