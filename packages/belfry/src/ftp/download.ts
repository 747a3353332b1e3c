import { createHash } from "node:crypto";
import type { Stats } from "node:fs";
import { type FileHandle, open, rename, stat, unlink, utimes } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { OutputError } from "@belfry/netcat";
import type { Io } from "../io.js";
import { print } from "../print.js";
import { commandFailure, describe, failed } from "./errors.js";
import { createSink, writeFrom } from "./flow.js";
import { formatBytes } from "../text/format-bytes.js";
import { fromNetwork } from "./line-ends.js";
import { quoted } from "./names.js";
import { type Progress, startProgress } from "./progress.js";
import type { Remote, TransferOptions } from "./remote.js";

/** What to fetch, and where to. */
export interface DownloadPlan {
  readonly remotePath: string;
  /** As the user named it; shown in messages. */
  readonly localName: string;
  /** The same, absolute; `null` for standard output. */
  readonly localPath: string | null;
  /** Whether what an earlier try left is to be completed. */
  readonly isResumed: boolean;
}

/** `download()` */
export interface DownloadOptions extends TransferOptions {
  readonly io: Io;
  /** Gets a line to be shown beside the error, as that a part was kept. */
  readonly tell: (line: string) => void;
}

/** The end of a file's name while it is not complete. */
const PART = ".belfry-part";
/** Bytes a name may have on the file systems in use. */
const MAX_NAME = 255;

/**
 * Fetches a file. Until it is complete it stands beside its place as `NAME.belfry-part`, so that a failure never costs
 * what was there before; what has come stays for `reget`.
 *
 * @returns what there is to say of it.
 * @throws {FtpFailure} when it did not come, or not in full; an abort rejects with `signal.reason`.
 */
export async function download(remote: Remote, plan: DownloadPlan, options: DownloadOptions): Promise<string> {
  const { remotePath, localPath } = plan;
  const total = await sizeOf(remote, remotePath);
  if (localPath === null) return toOutput(remote, plan, total, options);
  const place = await placeFor(localPath, plan.isResumed);
  if (plan.isResumed && total !== null && place.start > total) {
    throw commandFailure(
      `Cannot resume ${quoted(remotePath)}: the server has ${formatBytes(total)} of it, ${quoted(place.path)} is larger`,
    );
  }
  const result =
    place.start > 0 && place.start === total
      ? "was complete already"
      : await toFile(remote, plan, { ...place, total }, options);
  if (place.isPart) await rename(place.path, localPath);
  await takeTime(remote, remotePath, localPath);
  return result;
}

/** The name a file has while it is not complete. */
function partPath(path: string): string {
  const name = basename(path);
  if (Buffer.byteLength(name) + PART.length <= MAX_NAME) return `${path}${PART}`;
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 32);
  return join(dirname(path), `${digest}${PART}`);
}

interface Place {
  readonly path: string;
  /** Whether it is to be renamed once it is complete. */
  readonly isPart: boolean;
  readonly start: number;
}

/** Devices and pipes are written to as they are, and so is what another program began, when it is to be resumed. */
async function placeFor(localPath: string, isResumed: boolean): Promise<Place> {
  const part = partPath(localPath);
  const [there, begun] = await Promise.all([statOrNull(localPath), statOrNull(part)]);
  if (there?.isDirectory() === true) throw commandFailure(`Cannot write ${quoted(localPath)}: it is a directory`);
  if (there !== null && !there.isFile()) return { path: localPath, isPart: false, start: 0 };
  if (isResumed && begun !== null) return { path: part, isPart: true, start: begun.size };
  if (isResumed && there !== null) return { path: localPath, isPart: false, start: there.size };
  return { path: part, isPart: true, start: 0 };
}

async function toFile(
  remote: Remote,
  plan: DownloadPlan,
  place: Place & { readonly total: number | null },
  options: DownloadOptions,
): Promise<string> {
  const { path, start, total } = place;
  const file = await openLocal(path, start > 0 ? "r+" : "w");
  const progress = await startProgress({ name: plan.remotePath, before: start, total }, options.io);
  try {
    await receive(remote, plan, { write: writeFrom(file, start), start, total, progress }, options);
    await file.close();
    return progress.end();
  } catch (error) {
    progress.end();
    await file.close().catch(() => {}); // closed already, where it is that which has failed
    const left = await stat(path).catch(() => null);
    if (left !== null) await settlePart(place, left.size, options.tell);
    throw failed(`Cannot get ${quoted(plan.remotePath)}`, error);
  }
}

async function toOutput(
  remote: Remote,
  plan: DownloadPlan,
  total: number | null,
  options: DownloadOptions,
): Promise<string> {
  const { stdout } = options.io;
  // A picture in the middle of the text would be part of it.
  const io = stdout.isTTY === true ? { ...options.io, stderr: stdout, env: { TERM: "dumb" } } : options.io;
  const progress = await startProgress({ name: plan.remotePath, before: 0, total }, io);
  try {
    await receive(remote, plan, { write: (bytes) => print(stdout, bytes), start: 0, total, progress }, options);
    return progress.end();
  } catch (error) {
    progress.end();
    throw failed(`Cannot get ${quoted(plan.remotePath)}`, error);
  }
}

interface Receiver {
  readonly write: (bytes: Uint8Array) => Promise<void>;
  readonly start: number;
  readonly total: number | null;
  readonly progress: Progress;
}

async function receive(
  remote: Remote,
  { remotePath, localName }: DownloadPlan,
  { write, start, total, progress }: Receiver,
  options: TransferOptions,
): Promise<void> {
  let trouble: unknown = null;
  const sink = createSink(write, {
    lineEnds: options.type === "ascii" ? fromNetwork() : null,
    onBytes: progress.add,
    onTrouble(error) {
      trouble ??= error;
      remote.abortTransfer();
    },
  });
  try {
    await remote.download(remotePath, sink, start, options);
  } catch (error) {
    if (trouble instanceof OutputError) throw trouble;
    if (trouble === null) throw error;
    throw commandFailure(`Cannot write ${quoted(localName)}: ${describe(trouble)}`, trouble);
  }
  // A connection in the clear that ends early looks like the end of the file to a server that does not count.
  const missing = options.type === "binary" && total !== null ? total - start - sink.received() : 0;
  if (missing > 0)
    throw commandFailure(`Cannot get ${quoted(remotePath)}: the last ${formatBytes(missing)} did not come`);
}

/** Removes a part with nothing in it, and says of one with something where it is. */
async function settlePart({ path, isPart }: Place, size: number, tell: (line: string) => void): Promise<void> {
  if (size > 0) tell(`kept ${formatBytes(size)} in ${quoted(basename(path))}: "reget" completes it`);
  else if (isPart) await unlink(path).catch(() => {});
}

async function sizeOf(remote: Remote, path: string): Promise<number | null> {
  if (!remote.features.has("SIZE") && remote.features.size > 0) return null;
  return remote.size(path).catch((error: unknown) => {
    if (!remote.isOpen) throw error;
    return null;
  });
}

/** The file's own time, where the server tells it: what makes a later comparison of the two possible. */
async function takeTime(remote: Remote, remotePath: string, localPath: string): Promise<void> {
  if (!remote.features.has("MDTM")) return;
  const time = await remote.modifiedAt(remotePath).catch(() => null);
  if (time !== null) await utimes(localPath, time, time).catch(() => {});
}

async function openLocal(path: string, flags: string): Promise<FileHandle> {
  try {
    return await open(path, flags);
  } catch (error) {
    throw failed(`Cannot write ${quoted(path)}`, error);
  }
}

async function statOrNull(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw failed(`Cannot write ${quoted(path)}`, error);
  }
}
