import { type FileHandle, open } from "node:fs/promises";
import type { Readable } from "node:stream";
import type { Io } from "../io.js";
import { commandFailure, describe, failed } from "./errors.js";
import { createSource, readFrom } from "./flow.js";
import { formatBytes } from "../text/format-bytes.js";
import { toNetwork } from "./line-ends.js";
import { quoted } from "./names.js";
import { startProgress } from "./progress.js";
import type { Remote, TransferOptions } from "./remote.js";
import { timeText } from "./time-text.js";

/** What to send, and where to. */
export interface UploadPlan {
  readonly localName: string;
  /** Absolute; `null` for standard input. */
  readonly localPath: string | null;
  readonly remotePath: string;
  /** Take the place of what is there, complete it, or add to it. */
  readonly mode: "replace" | "resume" | "append";
}

/** `upload()` */
export interface UploadOptions extends TransferOptions {
  readonly io: Io;
}

/**
 * Sends a file.
 *
 * @returns what there is to say of it.
 * @throws {FtpFailure} when the server has not said that it has all of it; an abort rejects with `signal.reason`.
 */
export async function upload(remote: Remote, plan: UploadPlan, options: UploadOptions): Promise<string> {
  const { localPath, remotePath, mode } = plan;
  if (localPath === null) return sendInput(remote, plan, options);
  const file = await openLocal(localPath);
  try {
    const { size, mtime } = await file.stat();
    const start = mode === "resume" ? await sizeThere(remote, remotePath) : 0;
    if (start > size) {
      throw commandFailure(
        `Cannot resume ${quoted(remotePath)}: the server has ${formatBytes(start)}, the file is smaller: ${formatBytes(size)}`,
      );
    }
    if (start > 0 && start === size) return "was complete already";
    const moved = await send(remote, plan, { chunks: readFrom(file, start), start, total: size }, options);
    if (options.type === "binary" && moved.count !== size - start) {
      throw commandFailure(
        `Cannot put ${quoted(plan.localName)}: it changed while it was sent: ${formatBytes(moved.count)} in place of ${formatBytes(size - start)}`,
      );
    }
    if (mode !== "append") await giveTime(remote, remotePath, mtime);
    return moved.result;
  } finally {
    await file.close();
  }
}

async function sendInput(remote: Remote, plan: UploadPlan, options: UploadOptions): Promise<string> {
  if (plan.mode === "resume") throw commandFailure("Cannot resume from standard input: what was sent is gone");
  const chunks = (options.io.stdin as Readable)[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  return (await send(remote, plan, { chunks, start: 0, total: null }, options)).result;
}

interface Outgoing {
  readonly chunks: AsyncIterator<Uint8Array>;
  readonly start: number;
  readonly total: number | null;
}

async function send(
  remote: Remote,
  { localName, remotePath, mode }: UploadPlan,
  { chunks, start, total }: Outgoing,
  options: UploadOptions,
): Promise<{ count: number; result: string }> {
  const progress = await startProgress({ name: localName, before: start, total }, options.io);
  let trouble: unknown = null;
  let count = 0;
  const source = createSource(chunks, {
    lineEnds: options.type === "ascii" ? toNetwork() : null,
    onBytes(bytes) {
      count += bytes;
      progress.add(bytes);
    },
    onTrouble(error) {
      trouble ??= error;
      remote.abortTransfer();
    },
  });
  let result = "";
  try {
    // RFC 959 §4.1.3: APPE makes the file where there is none, and so completes one as well.
    await remote.upload(source, remotePath, mode === "append" || start > 0, options);
  } catch (error) {
    throw trouble === null
      ? failed(`Cannot put ${quoted(localName)}`, error)
      : commandFailure(`Cannot read ${quoted(localName)}: ${describe(trouble)}`, trouble);
  } finally {
    result = progress.end();
  }
  return { count, result };
}

async function openLocal(path: string): Promise<FileHandle> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    throw failed(`Cannot read ${quoted(path)}`, error);
  }
  const isDirectory = (await file.stat()).isDirectory();
  if (!isDirectory) return file;
  await file.close();
  throw commandFailure(`Cannot read ${quoted(path)}: it is a directory`);
}

/** The size of what an earlier try left; 0 where there is nothing. */
async function sizeThere(remote: Remote, path: string): Promise<number> {
  return remote.size(path).catch((error: unknown) => {
    if (!remote.isOpen) throw error;
    return 0;
  });
}

/** The file's own time, where the server takes it. */
async function giveTime(remote: Remote, path: string, time: Date): Promise<void> {
  if (!remote.features.has("MFMT")) return;
  await remote.sendPath("MFMT", `${timeText(time)} ${path}`).catch(() => {});
}
