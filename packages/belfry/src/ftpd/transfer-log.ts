import type { FtpService, TransferEvent } from "@belfry/ftp";
import { openLineFile } from "./line-file.js";

/** How transfers are written down. */
export const TRANSFER_LOG_FORMATS = ["xferlog", "json"] as const;
export type TransferLogFormat = (typeof TRANSFER_LOG_FORMATS)[number];

/**
 * Writes a line to `path` for each transfer that has ended, behind what stands there. The file may be moved away; the next line then begins a
 * new one.
 *
 * @param onError told once when lines cannot be written, until they can again.
 * @returns a function that resolves once everything is written.
 * @throws {Error} that names the file, when it cannot be written.
 */
export function logTransfers(
  service: FtpService,
  path: string,
  format: TransferLogFormat,
  onError: (error: Error) => void,
): () => Promise<void> {
  const file = openLineFile(path, onError);
  const formatLine = format === "json" ? formatJson : formatXferlog;
  const write = (direction: Direction) => (event: TransferEvent) => {
    file.write(formatLine(event, direction, new Date()));
  };
  service.on("upload", write("upload"));
  service.on("download", write("download"));
  return () => file.written();
}

type Direction = "upload" | "download";

/**
 * The line `xferlog(5)` describes, which log analysers read: time, seconds, remote host, bytes, file, type, special action, direction,
 * access mode, user, service, authentication, its user, completion.
 */
export function formatXferlog(event: TransferEvent, direction: Direction, now: Date): string {
  const { session, user, path, bytes, duration, isComplete, type } = event;
  return [
    formatDate(now),
    Math.max(1, Math.round(duration / 1000)),
    session.remoteAddress,
    bytes,
    oneWord(path),
    type === "A" ? "a" : "b",
    "_",
    direction === "upload" ? "i" : "o",
    user === "anonymous" ? "a" : "r",
    oneWord(user),
    "ftp",
    0,
    "*",
    isComplete ? "c" : "i",
  ].join(" ");
}

/** One object with everything there is to say. */
export function formatJson(event: TransferEvent, direction: Direction, now: Date): string {
  const { session, user, path, bytes, start, duration, isComplete, error, digest, verb, type } = event;
  const fields = { time: now.toISOString(), direction, user, path, bytes, start, duration, isComplete };
  const { id, remoteAddress, isSecure } = session;
  return JSON.stringify({ ...fields, error: error?.message ?? null, digest, verb, type, id, remoteAddress, isSecure });
}

/** As `ctime(3)` writes it, in the time of this place: `Thu Nov 19 08:12:30 2026`. */
function formatDate(date: Date): string {
  const [day, month, dayOfMonth = "", year, time] = date.toString().split(" ");
  return `${day} ${month} ${dayOfMonth.replace(/^0/, " ")} ${time} ${year}`;
}

/** The fields are parted by spaces, so none may hold one. */
function oneWord(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]/gu, "_");
}
