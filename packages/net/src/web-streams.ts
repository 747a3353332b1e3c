import type { Conn } from "./conn.js";

/**
 * The read half of `conn` as a byte stream: it reads only when asked, straight into the buffer of a BYOB reader.
 * Cancelling it is `closeRead`.
 */
export function toReadable(conn: Conn): ReadableStream<Uint8Array> {
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      const request = controller.byobRequest;
      const target = request?.view ?? null;
      if (request === null || target === null) {
        const chunk = await conn.read();
        if (chunk === null) controller.close();
        // A copy: a byte stream takes the whole memory behind what it is given, which other chunks may share.
        else controller.enqueue(new Uint8Array(chunk));
        return;
      }
      const length = await conn.readInto(bytesOf(target));
      // A pending request is answered with nothing, but only once the stream is closed.
      if (length === null) controller.close();
      request.respond(length ?? 0);
    },
    cancel: () => conn.closeRead(),
  });
}

/**
 * The write half of `conn` as a stream of bytes or text: a writer is ready when `write` has resolved. Closing it is
 * `closeWrite`, aborting it is `abort`.
 */
export function toWritable(conn: Conn): WritableStream<Uint8Array> {
  return new WritableStream<Uint8Array>({
    write: (chunk) => conn.write(chunk),
    close: () => conn.closeWrite(),
    abort: (reason) => conn.abort(reason),
  });
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
