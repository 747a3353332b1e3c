import { sendAll } from "../data/send.js";
import type { TransferPlan } from "../data/transfer-plan.js";
import { encodeText, hasRawBytes } from "../protocol/text.js";
import { reply } from "../protocol/reply.js";
import type { Session } from "../session/session.js";
import type { FileInfo } from "../storage/storage.js";
import { nextTurn, sinceTurn } from "../turns.js";
import type { OpenedList } from "./opened-list.js";

/** Text sent as one chunk, in UTF-16 units. */
const CHUNK = 32_768;
/** Text beyond a chunk that the last line may bring and that still goes into the same memory. */
const REST = 1024;
/** Milliseconds behind the last turn, after which others get theirs. A storage's own slices end before. */
const BUDGET = 2.5;

/** A listing to be sent. */
export interface ListTransfer {
  readonly verb: string;
  /** The virtual path. */
  readonly path: string;
  readonly list: OpenedList;
  /** The line of one entry, without line end and control characters; `null` leaves it out. */
  readonly format: (info: FileInfo) => string | null;
}

/** Plans to send a listing, line by line as its batches come; never more of it than a chunk is held. */
export function planList(session: Session, { verb, path, list, format }: ListTransfer): TransferPlan {
  // Lines are made with the line ends and the encoding of the wire, so nothing is left to convert in TYPE A.
  const form = { ...session.state.form, type: "I" as const };
  session.state.restartAt = 0;
  return {
    kind: "listing",
    verb,
    path,
    start: 0,
    opening: "Here comes the listing",
    move: (conn, progress) => sendAll(conn, lines(list, format), { form, progress, rate: null, digest: null }),
    async complete() {
      await list.close();
      return reply(226, "Listing complete");
    },
    abandon: () => list.close(),
  };
}

async function* lines(list: OpenedList, format: ListTransfer["format"]): AsyncGenerator<Uint8Array> {
  const encoder = new ChunkEncoder();
  let text = "";
  let isFirst = true;
  for await (const batch of list) {
    for (const info of batch) {
      const line = format(info);
      if (line === null) continue;
      text += `${line}\r\n`;
      if (text.length < CHUNK) continue;
      yield encoder.encode(text);
      text = "";
      isFirst = false;
      // A storage that has everything at hand would else keep all other sessions waiting.
      if (sinceTurn() > BUDGET) await nextTurn();
    }
    // The client is shown something at once, and from then on whole chunks.
    if (!isFirst || text === "") continue;
    yield encoder.encode(text);
    text = "";
    isFirst = false;
  }
  if (text !== "") yield encoder.encode(text);
}

/** Encodes one chunk after the other, mostly into the same memory. */
class ChunkEncoder {
  #buffer: Buffer | null = null;

  /** @returns the bytes, lent until the next call. */
  encode(text: string): Uint8Array {
    const isUsual = text.length >= CHUNK && text.length <= CHUNK + REST;
    if (!isUsual) return encodeText(text);
    // No UTF-16 unit takes more than three bytes.
    this.#buffer ??= Buffer.allocUnsafeSlow((CHUNK + REST) * 3);
    const length = this.#buffer.write(text, "utf8");
    // As many bytes as units are ASCII, which needs no closer look.
    return length === text.length || !hasRawBytes(text) ? this.#buffer.subarray(0, length) : encodeText(text);
  }
}
