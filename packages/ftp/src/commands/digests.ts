import { ReplyError, reply } from "../protocol/reply.js";
import type { Reply } from "../protocol/reply.js";
import type { Session } from "../session/session.js";
import { computeDigest } from "../storage/digest.js";
import type { DigestAlgorithm } from "../storage/storage.js";
import { ALGORITHMS, findAlgorithm } from "./algorithms.js";
import { isVisible, statFile } from "./stat-file.js";
import type { Verb } from "./verb.js";

/** Digests of files: HASH, and what clients used before it. */
export const DIGEST_VERBS: readonly Verb[] = [
  {
    name: "HASH",
    syntax: "<SP> pathname",
    argument: "path",
    permission: "read",
    source: "draft-bryan-ftpext-hash-02 §3",
    help: "Tells the digest of a file, by the algorithm OPTS HASH chose.",
    feature: ({ state }) =>
      `HASH ${ALGORITHMS.map((name) => (name === state.hashAlgorithm ? `${name}*` : name)).join(";")}`,
    run: hash,
  },
  {
    name: "MD5",
    syntax: "<SP> pathname",
    argument: "path",
    permission: "read",
    source: "draft-twine-ftpmd5-00",
    help: "Tells the MD5 of a file.",
    run: tellMd5,
  },
  ranged("XCRC", "CRC32"),
  ranged("XMD5", "MD5"),
  ranged("XSHA1", "SHA-1"),
  ranged("XSHA256", "SHA-256"),
  ranged("XSHA512", "SHA-512"),
];

/** One of the commands that were in use before HASH; all alike. */
function ranged(name: string, algorithm: DigestAlgorithm): Verb {
  return {
    name,
    syntax: "<SP> pathname [<SP> start [<SP> end]]",
    argument: "text",
    permission: "read",
    source: "in use, without a specification",
    help: `Tells the ${algorithm} of a file, or of its bytes from start to just before end.`,
    feature: name,
    run: (session, argument) => tellRange(session, algorithm, argument),
  };
}

async function hash(session: Session, path: string): Promise<Reply> {
  const { state, storage, signal } = session;
  const algorithm = findAlgorithm(state.hashAlgorithm) ?? "SHA-256";
  // draft-bryan-ftpext-hash-02 §3.5: "a 553 reply if the user requests the HASH of a directory".
  const { size } = await statFile(session, path, 553);
  const digest = await computeDigest(storage, path, algorithm, { signal });
  // §3: "<end-point> MUST be greater or equal" to the start, and is that of the last byte.
  return reply(213, `${algorithm} 0-${Math.max(0, size - 1)} ${hex(digest)} ${path}`);
}

async function tellMd5(session: Session, path: string): Promise<Reply> {
  await statFile(session, path, 550);
  const digest = await computeDigest(session.storage, path, "MD5", { signal: session.signal });
  return reply(251, `${path} ${hex(digest).toUpperCase()}`);
}

async function tellRange(session: Session, algorithm: DigestAlgorithm, argument: string): Promise<Reply> {
  const { path, start, end } = await readRange(session, argument);
  session.authorize("read", path);
  const { size } = await statFile(session, path, 550);
  if (start > size || (end !== undefined && end < start)) throw new ReplyError(501, "Not a range of the file");
  const { signal, storage } = session;
  const range = end === undefined ? { start } : { start, end: Math.min(end, size) };
  // A storage may know the digest of a whole file, but not that of a part.
  const isWhole = start === 0 && (end === undefined || end >= size);
  const digest = await computeDigest(storage, path, algorithm, isWhole ? { signal } : { ...range, signal });
  return reply(250, hex(digest).toUpperCase());
}

/** A path, in quotes or not, with numbers behind it or not: a file may be called "report 2". */
async function readRange(
  session: Session,
  argument: string,
): Promise<{ readonly path: string; readonly start: number; readonly end: number | undefined }> {
  const [, quoted, bare, start = "0", end] = /^(?:"(.*)"|(.*?))(?: (\d{1,15})(?: (\d{1,15}))?)?$/s.exec(argument) ?? [];
  const whole = session.resolve(argument);
  const named = session.resolve(quoted?.replaceAll('""', '"') ?? bare ?? argument);
  const isWhole = named !== whole && (await isVisible(session, whole));
  if (isWhole) return { path: whole, start: 0, end: undefined };
  return { path: named, start: Number(start), end: end === undefined ? undefined : Number(end) };
}

function hex(digest: Uint8Array): string {
  return Buffer.from(digest).toString("hex");
}
