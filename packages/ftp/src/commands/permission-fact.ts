import type { Session } from "../session/session.js";
import { can } from "../storage/storage.js";
import type { FileInfo, FileType } from "../storage/storage.js";
import type { Permission } from "../users/account.js";
import { isAllowed, isPermissionSet } from "../users/permissions.js";

/** A letter of the fact, what the account must be allowed to do for it, and whether that is with what is in the directory. */
type Letter = readonly [letter: string, permission: Permission, where?: "within"];

/** RFC 3659 §7.5.5: APPE, DELE, RNFR, RETR, STOR. */
const OF_FILES: readonly Letter[] = [
  ["a", "overwrite"],
  ["d", "delete"],
  ["f", "rename"],
  ["r", "read"],
  ["w", "overwrite"],
];
/** RFC 3659 §7.5.5: files may be made in it, RMD, CWD, RNFR, LIST, MKD in it, DELE in it. */
const OF_DIRECTORIES: readonly Letter[] = [
  ["c", "create", "within"],
  ["d", "removeDirectory"],
  ["e", "list"],
  ["f", "rename"],
  ["l", "list"],
  ["m", "makeDirectory", "within"],
  ["p", "delete", "within"],
];

const LETTERS: Readonly<Record<FileType, readonly Letter[]>> = {
  file: OF_FILES,
  directory: OF_DIRECTORIES,
  // It leads nowhere; a file may be put in its place.
  link: OF_FILES.filter(([letter]) => letter === "d" || letter === "w"),
  other: OF_FILES.filter(([letter]) => letter === "d" || letter === "f"),
};

/** The `perm` fact of an entry by its virtual path, as far as the account and the storage decide it. */
export function permissionFact(session: Session): (info: FileInfo, path: string) => string {
  const { permissions } = session.account;
  const lettersOf = (type: FileType, path: string): string => {
    // No permissions are for a name with a control character, so it stands for any other.
    const within = `${path === "/" ? "" : path}/\0`;
    return LETTERS[type]
      .filter(([letter]) => isPossible(session, letter, path))
      .filter(([, permission, where]) => isAllowed(permissions, permission, where === "within" ? within : path))
      .map(([letter]) => letter)
      .join("");
  };
  // One set of permissions for everything is worked out once for all entries of a kind.
  const isUniform = permissions === undefined || isPermissionSet(permissions);
  const known = new Map<FileType, string>();
  return ({ type }, path) => {
    if (!isUniform || path === "/") return lettersOf(type, path);
    let letters = known.get(type);
    if (letters === undefined) known.set(type, (letters = lettersOf(type, path)));
    return letters;
  };
}

function isPossible({ storage }: Session, letter: string, path: string): boolean {
  if (letter === "a") return can(storage, "openUpdate");
  if (letter === "f") return path !== "/" && can(storage, "rename");
  return letter !== "d" || path !== "/";
}
