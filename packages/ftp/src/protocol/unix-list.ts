import type { FileInfo, FileType, InfoField } from "../storage/storage.js";
import { fourDigits, twoDigits, withinYears } from "./date.js";
import { decodeText, encodeText, printable } from "./text.js";

/** Half of a mean year: what is older is shown with its year instead of its time of day, as `ls -l` does. */
const HALF_YEAR = 15_778_476_000;
/** How far ahead of `now` a time counts as just now: `now` may have been looked at before the file was. */
const SLACK = 60_000;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/** `p`, a pipe, for what is no file: clients know no letter for "something else", and leave pipes alone. */
const LETTERS: { readonly [T in FileType]: string } = { file: "-", directory: "d", link: "l", other: "p" };
const MODES: { readonly [T in FileType]: number } = { file: 0o644, directory: 0o755, link: 0o777, other: 0o644 };
const TRIADS = ["---", "--x", "-w-", "-wx", "r--", "r-x", "rw-", "rwx"];
/** Owners longer than this are cut. */
const MAX_OWNER_LENGTH = 32;
const MINUTE = 60_000;
const PLAIN_OWNER = /^[!-~]{1,32}$/;

/** What a line is made from beside name and type. */
export const UNIX_FIELDS: readonly InfoField[] = ["size", "modified", "mode", "owner", "group", "links"];

// What was made last: the entries of a directory mostly have one owner, and many were written together.
let headed: Pick<FileInfo, "type" | "mode" | "links" | "owner" | "group"> | null = null;
let headText = "";
let dated = Number.NaN;
let isDatedRecent = false;
let dateText = "";

/**
 * One line of a listing as `ls -l` writes it, without a line end: what clients make files of who know no MLSD.
 *
 * No name can forge a line or a field before it: control characters are `?`, and the name is all that follows the date.
 * Times are UTC.
 *
 * @param now milliseconds since the epoch; decides between time of day and year.
 * @returns text to be sent through {@link encodeText}.
 */
export function formatUnixEntry(info: FileInfo, now: number): string {
  const size = String(info.size).padStart(12);
  return `${head(info)}${size} ${formatDate(info.modified, now)} ${printable(info.name)}`;
}

/** Mode, links, owner and group. */
function head(info: FileInfo): string {
  const isSame =
    headed !== null &&
    info.mode === headed.mode &&
    info.type === headed.type &&
    info.links === headed.links &&
    info.owner === headed.owner &&
    info.group === headed.group;
  if (!isSame) {
    const { type, mode, links, owner, group } = info;
    headed = { type, mode, links, owner, group };
    headText = `${formatMode(info)} ${String(links ?? 1).padStart(3)} ${column(owner)} ${column(group)} `;
  }
  return headText;
}

function formatMode(info: FileInfo): string {
  const mode = info.mode ?? MODES[info.type];
  const plain = `${LETTERS[info.type]}${triad(mode >> 6)}${triad(mode >> 3)}${triad(mode)}`;
  return mode > 0o777 ? withSpecialBits(plain, mode) : plain;
}

function triad(bits: number): string {
  return TRIADS[bits & 7] ?? "---";
}

/** Set-user, set-group and sticky take the place of an `x`; in capitals where there is none. */
function withSpecialBits(plain: string, mode: number): string {
  const letters = plain.split("");
  for (const [bit, at, letter] of [
    [0o4000, 3, "s"],
    [0o2000, 6, "s"],
    [0o1000, 9, "t"],
  ] as const) {
    if ((mode & bit) !== 0) letters[at] = letters[at] === "x" ? letter : letter.toUpperCase();
  }
  return letters.join("");
}

/** An owner or a group as one column: fields are told apart by spaces. */
function column(name: string | undefined): string {
  if (name === undefined || name === "") return "ftp     ";
  if (PLAIN_OWNER.test(name)) return name.padEnd(8);
  // As the client will read it: bytes that are no text by themselves may be some together.
  const text = decodeText(encodeText(name));
  return printable(text.slice(0, MAX_OWNER_LENGTH)).replace(/\s/g, "_").padEnd(8);
}

function formatDate(modified: number, now: number): string {
  const isRecent = modified > now - HALF_YEAR && modified <= now + SLACK;
  const minute = Math.floor(modified / MINUTE);
  if (minute !== dated || isRecent !== isDatedRecent) {
    dated = minute;
    isDatedRecent = isRecent;
    dateText = isRecent ? formatRecent(modified) : formatOld(modified);
  }
  return dateText;
}

function formatRecent(modified: number): string {
  const date = new Date(withinYears(modified));
  return `${dayOf(date)} ${twoDigits(date.getUTCHours())}:${twoDigits(date.getUTCMinutes())}`;
}

function formatOld(modified: number): string {
  const date = new Date(withinYears(modified));
  return `${dayOf(date)}  ${fourDigits(date.getUTCFullYear())}`;
}

function dayOf(date: Date): string {
  const month = MONTHS[date.getUTCMonth()] ?? "";
  const number = date.getUTCDate();
  return number < 10 ? `${month}  ${number}` : `${month} ${number}`;
}
