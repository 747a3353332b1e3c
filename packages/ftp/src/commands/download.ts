import { createHash } from "node:crypto";
import { sendAll } from "../data/send.js";
import { sendWhole } from "../data/send-whole.js";
import type { TransferPlan } from "../data/transfer-plan.js";
import { ReplyError, reply } from "../protocol/reply.js";
import type { Session } from "../session/session.js";
import type { FileReader } from "../storage/storage.js";
import { openError } from "./stat-file.js";
import { isStorageError } from "./storage-replies.js";

/** Bytes that fit into what the kernel holds for a connection that is not read from (tcp(7) on tcp_wmem). */
const SHORT = 16_384;

/** Opens a file and plans to send it, so that its first read is under way while the data connection comes about. */
export async function planDownload(session: Session, path: string, start: number): Promise<TransferPlan> {
  const { form } = session.state;
  const reader = await openReader(session, path, start);
  const { size } = reader.info;
  const digest = session.settings.digests && start === 0 ? createHash("sha256") : null;
  const rate = session.account.downloadRate ?? null;
  const isShort = size - start <= SHORT;
  const isPlain = form.type === "I" && form.mode === "S" && rate === null;
  const whole = isShort && isPlain ? reader.content : undefined;
  let missing = 0;
  return {
    kind: "download",
    isShort,
    verb: "RETR",
    path,
    start,
    opening: form.type === "A" ? "Opening ASCII mode data connection" : openingOf(size, start),
    async move(conn, progress) {
      await (whole === undefined
        ? sendAll(conn, reader, { form, progress, rate, digest })
        : sendWhole(conn, whole, { progress, digest }));
      missing = size - start - progress.bytes;
    },
    async complete() {
      await reader.close();
      // Only now: what there is of the file is to arrive, for a client may resume behind it.
      if (missing > 0) throw new ReplyError(451, "The file became shorter while it was sent");
      return reply(226, "Transfer complete");
    },
    digest: () => digest?.digest("hex") ?? null,
    abandon: () => reader.close(),
  };
}

/** The size stands where clients look for it, to show how far they are. */
function openingOf(size: number, start: number): string {
  if (start > 0) return `Opening data connection from byte ${start} on`;
  return `Opening BINARY mode data connection (${size} bytes)`;
}

async function openReader(session: Session, path: string, start: number): Promise<FileReader> {
  const { storage, signal } = session;
  const reader = await storage.openRead(path, { start, signal }).catch(async (error: unknown) => {
    throw await openError(session, path, error);
  });
  // RFC 1123 §4.1.3.4 has 554 for a marker that does not fit. At the very end there is nothing to send, and no harm.
  if (start <= reader.info.size) return reader;
  await reader.close();
  throw beyondEnd();
}

/** The refusal of a restart marker behind the file's last byte. */
export function beyondEnd(): ReplyError {
  return new ReplyError(554, "The restart marker is past the end of the file");
}

/** What a storage says of a position it cannot begin at, as the refusal of the restart marker; other errors as they are. */
export function restartError(error: unknown): unknown {
  return isStorageError(error, "not-supported") ? beyondEnd() : error;
}
