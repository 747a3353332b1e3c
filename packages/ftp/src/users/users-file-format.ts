import type { Permission, Permissions, PermissionSet } from "./account.js";
import { isPasswordHash } from "./password-hash.js";
import { isPermissionSet, PERMISSIONS, PERMISSION_SETS } from "./permissions.js";
import type { UserOptions } from "./user-options.js";
import { formatWord, splitWords } from "./users-file-words.js";
import type { Word } from "./users-file-words.js";

/**
 * A user as one line of a users file, without line end. Such a line holds the name, the hash of the password, and options:
 *
 * ```text
 * # name  hash                                options
 * ann     $argon2id$v=19$m=19456,t=2,p=1$…$…  root=/srv/ann permissions=write quota-bytes=10G max-sessions=4
 * camera  $argon2id$v=19$m=19456,t=2,p=1$…$…  root="/srv/my cameras" permissions=/:none permissions=/in:upload home=/in
 * ```
 *
 * The options: `root`, `home`, `permissions`, `quota-bytes`, `quota-files`, `upload-rate` and `download-rate` (bytes a second),
 * `max-sessions`, `require-tls` (`yes`, `no`, `data`), `greeting`. Bytes may end in K, M, G or T, powers of 1024. Permissions are
 * `none`, `read`, `upload`, `write`, or single ones joined by `+`; with `DIRECTORY:` before them they are for that directory, and
 * stand once for each. What holds spaces stands in double quotes, as in JSON. Empty lines, and those that begin with `#`, are nothing.
 *
 * @throws {TypeError} for a user without `passwordHash`, or with `storage` or `disk`, which no line can tell.
 */
export function formatUser(user: UserOptions): string {
  if (user.passwordHash === undefined) throw new TypeError("Cannot write a user: expected passwordHash");
  if (user.storage !== undefined) throw new TypeError("Cannot write a user: it has a storage, expected root");
  if (user.disk !== undefined) throw new TypeError("Cannot write a user: it has disk options, which no line can tell");
  const words = [formatWord(user.name), user.passwordHash];
  for (const [key, value] of optionsOf(user)) words.push(`${key}=${formatWord(value)}`);
  return words.join(" ");
}

/**
 * The user a line tells of; `null` for an empty line and a comment.
 *
 * @throws {SyntaxError} that says what was expected, and never shows the hash.
 */
export function parseUser(line: string): UserOptions | null {
  if (/^\s*(?:#|$)/.test(line)) return null;
  const [name, hash, ...options] = splitWords(line);
  if (name === undefined || name.key !== null || name.text === "")
    throw new SyntaxError("a name first, in double quotes if it holds a space, # or =");
  if (hash === undefined || hash.key !== null || !isPasswordHash(hash.text)) {
    throw new SyntaxError("an argon2id hash after the name, as `belfry ftpd passwd` makes it");
  }
  const user: MutableUser = { name: name.text, passwordHash: hash.text };
  const seen = new Set<string>();
  for (const word of options) addOption(user, word, seen);
  return user;
}

type MutableUser = { -readonly [K in keyof UserOptions]: UserOptions[K] };

/** How one option is read. @throws {SyntaxError} that says what was expected. */
type OptionReader = (user: MutableUser, text: string) => void;

const READERS: { readonly [key: string]: OptionReader } = {
  root: (user, text) => (user.root = readText("root", text)),
  home: (user, text) => (user.home = readText("home", text)),
  greeting: (user, text) => (user.greeting = text),
  permissions: (user, text) => (user.permissions = addPermissions(user.permissions, text)),
  "quota-bytes": (user, text) => (user.quota = { ...user.quota, bytes: readNumber("quota-bytes", text, true) }),
  "quota-files": (user, text) => (user.quota = { ...user.quota, files: readNumber("quota-files", text, false) }),
  "upload-rate": (user, text) => (user.uploadRate = readNumber("upload-rate", text, true)),
  "download-rate": (user, text) => (user.downloadRate = readNumber("download-rate", text, true)),
  "max-sessions": (user, text) => (user.maxSessions = readNumber("max-sessions", text, false)),
  "require-tls": (user, text) => (user.requireTls = readTls(text)),
};

const UNITS: { readonly [unit: string]: number } = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

const TLS_WORDS = { data: "data", true: "yes", false: "no" } as const;

function addOption(user: MutableUser, { key, text }: Word, seen: Set<string>): void {
  const read = key !== null && Object.hasOwn(READERS, key) ? READERS[key] : undefined;
  if (key === null || read === undefined) {
    const shown = JSON.stringify(key === null ? text : `${key}=${text}`);
    throw new SyntaxError(`one of ${Object.keys(READERS).join("=, ")}= in place of ${shown}`);
  }
  if (seen.has(key) && key !== "permissions") throw new SyntaxError(`${key}= once`);
  seen.add(key);
  read(user, text);
}

function readText(key: string, text: string): string {
  if (text === "") throw new SyntaxError(`a value behind ${key}=`);
  return text;
}

function readNumber(key: string, text: string, hasUnit: boolean): number {
  const [, digits = "", unit = ""] = /^(\d{1,16})([KMGT]?)$/.exec(text) ?? [];
  const value = Number(digits) * (UNITS[unit] ?? 1);
  if (digits === "" || (unit !== "" && !hasUnit) || !Number.isSafeInteger(value)) {
    throw new SyntaxError(`a whole number${hasUnit ? ", or one with K, M, G or T," : ""} as ${key}=`);
  }
  return value;
}

function readTls(text: string): boolean | "data" {
  if (text === "data") return "data";
  if (text !== "yes" && text !== "no") throw new SyntaxError("yes, no or data as require-tls=");
  return text === "yes";
}

function addPermissions(before: Permissions | undefined, text: string): Permissions {
  // Sets hold no colon, directories may.
  const colon = text.lastIndexOf(":");
  const set = readSet(text.slice(colon + 1));
  const directory = colon < 0 ? "/" : text.slice(0, colon);
  const others = before === undefined ? {} : isPermissionSet(before) ? { "/": before } : before;
  if (Object.hasOwn(others, directory)) throw new SyntaxError(`one permissions= for ${JSON.stringify(directory)}`);
  return before === undefined && colon < 0 ? set : { ...others, [directory]: set };
}

function readSet(text: string): PermissionSet {
  if (Object.hasOwn(PERMISSION_SETS, text)) return text as keyof typeof PERMISSION_SETS;
  const permissions = [...new Set(text.split("+"))] as Permission[];
  if (permissions.every((permission) => PERMISSIONS.includes(permission))) return permissions;
  const names = [...Object.keys(PERMISSION_SETS), ...PERMISSIONS];
  throw new SyntaxError(`some of ${names.join(", ")} as permissions=, joined by +`);
}

function* optionsOf(user: UserOptions): Generator<readonly [string, string]> {
  const { quota, requireTls } = user;
  const values: readonly (readonly [string, string | number | undefined])[] = [
    ["root", user.root],
    ["home", user.home],
    ...permissionsOf(user.permissions).map((value) => ["permissions", value] as const),
    ["quota-bytes", quota?.bytes],
    ["quota-files", quota?.files],
    ["upload-rate", user.uploadRate],
    ["download-rate", user.downloadRate],
    ["max-sessions", user.maxSessions],
    ["require-tls", requireTls === undefined ? undefined : TLS_WORDS[`${requireTls}`]],
    ["greeting", user.greeting],
  ];
  for (const [key, value] of values) if (value !== undefined) yield [key, String(value)];
}

function permissionsOf(permissions: Permissions | undefined): readonly string[] {
  if (permissions === undefined) return [];
  if (isPermissionSet(permissions)) return [formatSet(permissions)];
  return Object.entries(permissions).map(([directory, set]) => `${directory}:${formatSet(set)}`);
}

function formatSet(set: PermissionSet): string {
  if (typeof set === "string") return set;
  const [first, ...others] = set;
  if (first === undefined) return "none";
  // Doubled, a name that is a set's too is the single permission.
  return (others.length === 0 && Object.hasOwn(PERMISSION_SETS, first) ? [first, first] : set).join("+");
}
