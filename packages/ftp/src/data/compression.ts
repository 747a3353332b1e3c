import { createDeflate, createInflate } from "node:zlib";
import type { Deflate, Inflate } from "node:zlib";
import { ReplyError } from "../protocol/reply.js";

/** The fastest: MODE Z is for slow lines, and the higher levels cost several times the processor for a tenth of the bytes. */
const LEVEL = 1;
/** What comes out at once. */
const OUTPUT_SIZE = 65_536;

/**
 * Everything `chunks` gives as one zlib stream (RFC 1950), each chunk lent until the next is asked for. What comes out
 * is the caller's to keep. Some 300 KiB are held, whatever the length.
 */
export function deflate(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  return through(createDeflate({ level: LEVEL, chunkSize: OUTPUT_SIZE }), chunks);
}

/**
 * The way back. What comes out is given as it comes, so that a stream that grows beyond measure holds no more memory than another:
 * who takes it decides when it is too much. Nothing at all is an empty file.
 *
 * @throws {ReplyError} 451 when it is no whole zlib stream, or something follows it.
 */
export function inflate(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  return through(createInflate({ chunkSize: OUTPUT_SIZE }), chunks);
}

async function* through(
  stream: Deflate | Inflate,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const feeding: Feeding = { bytes: 0 };
  void feed(stream, chunks, feeding);
  try {
    for await (const piece of stream) yield piece as Uint8Array;
  } catch (error) {
    if (!isZlibError(error)) throw error;
    if (feeding.bytes === 0) return;
    throw damaged();
  } finally {
    stream.destroy();
  }
  // The library leaves alone what comes behind the end of its stream.
  if (stream.bytesWritten < feeding.bytes) throw damaged();
}

/** How much a stream has been fed. */
interface Feeding {
  bytes: number;
}

/** Never rejects: what goes wrong with `chunks` the stream is destroyed with. */
async function feed(stream: Deflate | Inflate, chunks: AsyncIterable<Uint8Array>, state: Feeding): Promise<void> {
  try {
    for await (const chunk of chunks) {
      state.bytes += chunk.byteLength;
      await new Promise<void>((resolve) => {
        stream.write(chunk, () => resolve());
      });
      if (stream.destroyed) return;
    }
    stream.end();
  } catch (error) {
    stream.destroy(error as Error);
  }
}

function isZlibError(error: unknown): error is Error {
  return error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("Z_");
}

/** Without a cause: it is not the server that failed. */
function damaged(): ReplyError {
  return new ReplyError(451, "The compressed data is damaged");
}
