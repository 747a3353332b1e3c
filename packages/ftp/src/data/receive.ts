import type { Conn } from "@belfry/net";
import { ToStorage } from "../protocol/ascii.js";
import type { FileWriter } from "../storage/storage.js";
import { BulkIntake } from "./bulk-intake.js";
import { onCancel } from "./cancellation.js";
import { inflate } from "./compression.js";
import { Pace } from "./pace.js";
import type { PumpOptions } from "./pump-options.js";
import { BULK_SIZE, SmallIntake } from "./small-intake.js";
import { Writes } from "./writes.js";

/** Bytes of small writes under way. A storage joins those that come while it is busy. */
const MAX_UNDER_WAY = 262_144;

/**
 * Writes everything that comes until the end of the stream to `writer`, several writes under way at once, and resolves
 * when all of them are through. Neither commits nor aborts the writer, and leaves the connection open.
 *
 * When the connection breaks, what had arrived is written before this rejects, so that an upload can be resumed. On
 * abort the connection is aborted. On abort and when a write fails this rejects at once, and writes may still be under way: the
 * writer is aborted next, and what they use is used again only when they are through.
 *
 * @throws what `writer.write` rejects with; the connection's error; {@link ReplyError} 451 for damaged compressed data;
 * `progress.signal.reason` on abort.
 */
export async function receiveAll(conn: Conn, writer: FileWriter, options: PumpOptions): Promise<void> {
  const { form, progress, rate } = options;
  const writes = new Writes(writer, () => void conn.closeRead());
  const forget = onCancel(progress, (reason) => {
    writes.fail(reason);
    conn.abort(reason);
  });
  try {
    const isPlain = form.type === "I" && form.mode === "S" && rate === null;
    await (isPlain ? receivePlain(conn, writes, options) : receiveConverted(conn, writes, options));
    await writes.settle();
  } catch (error) {
    // Rejects with the abort's reason or the write's failure, where that is what ended the reading.
    await writes.settle();
    throw error;
  } finally {
    forget();
  }
}

async function receivePlain(conn: Conn, writes: Writes, options: PumpOptions): Promise<void> {
  const onBytes = (bytes: Uint8Array): void => count(bytes, options);
  const small = new SmallIntake(conn, writes, onBytes);
  if (await small.run()) return;
  const bulk = new BulkIntake(conn, writes, onBytes);
  let isEnded = small.isBulk && (await bulk.run());
  while (!isEnded) {
    const chunk = await conn.read();
    if (chunk === null) return;
    onBytes(chunk);
    writes.start(chunk);
    if (chunk.byteLength >= BULK_SIZE) isEnded = await bulk.run();
    while (writes.bytes > MAX_UNDER_WAY) await writes.next();
  }
}

async function receiveConverted(conn: Conn, writes: Writes, options: PumpOptions): Promise<void> {
  const ascii = options.form.type === "A" ? new ToStorage() : null;
  const arrived = arrivals(conn, options);
  const put = (piece: Uint8Array): void => {
    if (piece.byteLength === 0) return;
    count(piece, options);
    writes.start(piece);
  };
  for await (const chunk of options.form.mode === "Z" ? inflate(arrived) : arrived) {
    put(ascii?.push(chunk) ?? chunk);
    if (writes.hasFailed) return;
    while (writes.bytes > MAX_UNDER_WAY) await writes.next();
  }
  if (ascii !== null) put(ascii.end());
}

/** What comes, no faster than it may. */
async function* arrivals(conn: Conn, { rate, progress }: PumpOptions): AsyncGenerator<Uint8Array, void> {
  const pace = rate === null ? null : new Pace(rate);
  const reading = pace === null ? undefined : { max: pace.slice };
  for (;;) {
    const chunk = await conn.read(reading);
    if (chunk === null) break;
    yield chunk;
    if (pace !== null) await pace.pay(chunk.byteLength, progress.signal);
  }
  await pace?.settle(progress.signal);
}

/** Notes bytes of the file. */
function count(bytes: Uint8Array, { progress, digest }: PumpOptions): void {
  progress.bytes += bytes.byteLength;
  digest?.update(bytes);
}
