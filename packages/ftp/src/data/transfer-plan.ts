import type { Conn } from "@belfry/net";
import type { Reply } from "../protocol/reply.js";

/**
 * One transfer as a command prepares it; the session carries it out: 150, the data connection, {@link move}, the end of the data connection,
 * then {@link complete} for the final reply, or {@link abandon} when anything went wrong before.
 */
export interface TransferPlan {
  readonly kind: "download" | "upload" | "listing";
  /** The command, as in `RETR`. */
  readonly verb: string;
  /** The virtual path. */
  readonly path: string;
  /** Where in the file it begins. */
  readonly start: number;
  /** Whether all of it goes into the kernel's buffers, so that it is over in a moment whatever the client does. */
  readonly isShort?: boolean;
  /** The text of 150. */
  readonly opening: string;
  /** Moves everything, counting into `progress`. For a download resolves when all of it is with the kernel. */
  move(conn: Conn, progress: TransferProgress): Promise<void>;
  /** What is still to be done when all bytes have gone over and the data connection has ended: to commit an upload. */
  complete(): Promise<Reply>;
  /** The SHA-256 of what went over, in hex; `null` when none was made. Asked after `complete`. */
  digest?(): string | null;
  /** Releases what the plan holds. Never rejects. Called when `complete` was not or has failed, too. */
  abandon(): Promise<void>;
}

/** What a transfer under way tells the session. */
export interface TransferProgress {
  /** Aborted by ABOR, by a stall, and when the session ends. */
  readonly signal: AbortSignal;
  /** Has `tell` called with the reason at the same time, without a signal being made; see {@link onCancel}. */
  onCancel?(tell: ((reason: unknown) => void) | null): void;
  /** Bytes of the file that have gone over. Looked at by STAT, by the stall watch and by events. */
  bytes: number;
}
