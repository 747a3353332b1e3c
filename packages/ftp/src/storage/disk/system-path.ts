import { decodeText, encodeText } from "../../protocol/text.js";
import { StorageError } from "../storage-error.js";

/** A path as `node:fs` takes it: text where it is UTF-8, else the bytes. */
export type SystemPath = string | Buffer;

/** The most bytes a name has on every system there is. */
const MAX_NAME = 255;
const MAX_CHARACTERS = MAX_NAME / 3;

const LONE_SURROGATE = /[\ud800-\udfff]/u;
/** Those which stand for no byte. */
const STRAY_SURROGATE = /[\ud800-\udc7f\udd00-\udfff]/u;
const NOT_NORMAL = /^(?!\/)|\/\.{0,2}(?:\/|$)|\0/;
const NOT_ASCII = /[^\0-\x7f]/;
/** Separators, streams of a file, devices, and endings that Windows drops. */
const NOT_ON_WINDOWS =
  /[\\:*?"<>|]|[. ](?:\/|$)|\/(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d¹²³])[ .]*(?:\.[^/]*)?(?:\/|$)/i;

/** @throws {StorageError} `invalid-name` for a path that is not as `Storage` wants it, or that no system could take. */
export function checkPath(path: string, platform: NodeJS.Platform = process.platform): void {
  if (!isPath(path, platform)) throw new StorageError("invalid-name", path);
}

/** Whether a path is as `Storage` wants it, and one that some system could take. */
export function isPath(path: string, platform: NodeJS.Platform = process.platform): boolean {
  if (path === "/") return true;
  if (NOT_NORMAL.test(path) || STRAY_SURROGATE.test(path)) return false;
  if (platform === "win32" && NOT_ON_WINDOWS.test(path)) return false;
  return path.length <= MAX_CHARACTERS || !path.split("/").some(isTooLong);
}

function isTooLong(name: string): boolean {
  return name.length > MAX_CHARACTERS && encodeText(name).length > MAX_NAME;
}

/** The path for `node:fs` of a text in which surrogates stand for bytes that are not UTF-8. */
export function toSystem(text: string): SystemPath {
  return LONE_SURROGATE.test(text) ? Buffer.from(encodeText(text)) : text;
}

/** Whether what the system gave one character a byte is text as it stands. */
export function isAscii(latin1: string): boolean {
  return !NOT_ASCII.test(latin1);
}

/** The text for what the system gives one character a byte. */
export function fromBytes(latin1: string): string {
  return NOT_ASCII.test(latin1) ? decodeText(Buffer.from(latin1, "latin1")) : latin1;
}

/** The path for `node:fs` of what the system gave one character a byte. */
export function bytesToSystem(latin1: string): SystemPath {
  return NOT_ASCII.test(latin1) ? Buffer.from(latin1, "latin1") : latin1;
}
