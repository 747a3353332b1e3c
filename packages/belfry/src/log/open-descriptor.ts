import { fstatSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { Writable } from "node:stream";
import { isatty, WriteStream } from "node:tty";

/**
 * A stream to what is open at a descriptor, as the runtime makes `process.stderr` of number 2: at once where that is a file, as
 * far as the reader keeps up where it is a pipe or a socket. It keeps no process alive. What cannot be written to a file is
 * lost; that a reader has gone is an error of the stream, the caller's to take.
 */
export function openDescriptor(descriptor: number): Writable {
  if (isatty(descriptor)) return new WriteStream(descriptor).unref();
  const found = fstatSync(descriptor);
  if (found.isFIFO() || found.isSocket()) {
    return new Socket({ fd: descriptor, readable: false, writable: true }).unref();
  }
  return new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      writeWhole(descriptor, chunk);
      done();
    },
  });
}

function writeWhole(descriptor: number, chunk: Uint8Array): void {
  try {
    for (let at = 0; at < chunk.length;) at += writeSync(descriptor, chunk, at);
  } catch {
    // A stream that has failed takes nothing more, and there may be room on the disk again.
  }
}
