import { createHash } from "node:crypto";
import { receiveAll } from "../data/receive.js";
import type { TransferPlan } from "../data/transfer-plan.js";
import { reply } from "../protocol/reply.js";
import type { Session } from "../session/session.js";
import type { FileWriter } from "../storage/storage.js";

/** A file opened for an upload. */
export interface UploadTarget {
  readonly verb: string;
  /** The virtual path. */
  readonly path: string;
  /** Where in the file the upload begins. */
  readonly start: number;
  readonly opening: string;
  readonly writer: FileWriter;
}

/** Plans to receive what the client sends into a file; 226 only once it is in its place. */
export function planUpload(session: Session, { writer, verb, path, start, opening }: UploadTarget): TransferPlan {
  const { form } = session.state;
  const digest = session.settings.digests && start === 0 ? createHash("sha256") : null;
  const rate = session.account.uploadRate ?? null;
  return {
    kind: "upload",
    verb,
    path,
    start,
    opening,
    move: (conn, progress) => receiveAll(conn, writer, { form, progress, rate, digest }),
    async complete() {
      await writer.commit();
      return reply(226, "Transfer complete");
    },
    digest: () => digest?.digest("hex") ?? null,
    abandon: () => writer.abort(),
  };
}
