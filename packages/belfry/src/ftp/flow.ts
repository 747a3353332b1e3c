import type { FileHandle } from "node:fs/promises";
import { Readable, Writable } from "node:stream";
import type { LineEnds } from "./line-ends.js";

/** What both directions tell their owner. */
export interface FlowOptions {
  /** How line ends are changed on the way; `null` leaves every byte as it is. */
  readonly lineEnds: LineEnds | null;
  /** Called with the bytes of each piece that passed, as the network counts them. */
  readonly onBytes: (count: number) => void;
  /**
   * Called once when the local side fails. The stream itself then neither fails nor goes on: the FTP library closes the
   * whole session over a stream's error, so it is the data connection that has to be ended, by whoever owns it.
   */
  readonly onTrouble: (error: unknown) => void;
}

/** Where a download goes: bytes that are to be written in order. */
export interface Sink {
  readonly stream: Writable;
  /** Bytes that came in from the network. */
  readonly received: () => number;
}

/** Makes the stream that writes a download. */
export function createSink(write: (bytes: Uint8Array) => Promise<void>, options: FlowOptions): Sink {
  const { lineEnds, onBytes, onTrouble } = options;
  let received = 0;
  const pass = async (bytes: Uint8Array, done: () => void): Promise<void> => {
    try {
      await write(bytes);
      done();
    } catch (error) {
      onTrouble(error);
    }
  };
  const stream = quiet(
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        received += chunk.length;
        onBytes(chunk.length);
        void pass(lineEnds === null ? chunk : lineEnds.push(chunk), done);
      },
      final(done) {
        void pass(lineEnds?.end() ?? new Uint8Array(), done);
      },
      destroy: (_error, done) => done(null),
    }),
  );
  return { stream, received: () => received };
}

/** Makes the stream that an upload is read from. */
export function createSource(chunks: AsyncIterator<Uint8Array>, options: FlowOptions): Readable {
  const { lineEnds, onBytes, onTrouble } = options;
  const pull = async (stream: Readable): Promise<void> => {
    try {
      const { done = false, value } = await chunks.next();
      const bytes = done ? null : (lineEnds?.push(value) ?? (value as Uint8Array));
      if (bytes !== null) onBytes(bytes.length);
      stream.push(bytes);
    } catch (error) {
      onTrouble(error);
    }
  };
  return quiet(
    new Readable({
      read() {
        void pull(this);
      },
      destroy: (_error, done) => done(null),
    }),
  );
}

/** A file's bytes from a position on; reading more than the file has ends. */
export async function* readFrom(file: FileHandle, start: number): AsyncGenerator<Uint8Array, undefined> {
  const BUFFER = 256 << 10;
  for (let position = start; ;) {
    // A fresh one each time: the connection still holds the last.
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(BUFFER), 0, BUFFER, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Writes to a file from a position on. */
export function writeFrom(file: FileHandle, start: number): (bytes: Uint8Array) => Promise<void> {
  let position = start;
  return async (bytes) => {
    for (let written = 0; written < bytes.length;) {
      const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position);
      written += bytesWritten;
      position += bytesWritten;
    }
  };
}

/** An error of these streams has been told already. */
function quiet<Either extends Readable | Writable>(stream: Either): Either {
  stream.on("error", () => {});
  return stream;
}
