import { anonymous, diskStorage, firstOf, readUsersFile, userList, usersFile } from "@belfry/ftp";
import type { AccountOptions, Authenticate, DiskStorageOptions, Storage, UserOptions } from "@belfry/ftp";
import { letsAnybodyIn } from "./lets-anybody-in.js";
import { readOnly } from "./read-only.js";

/** What anybody may do who calls themselves `anonymous`. */
export type AnonymousRights = "read" | "write" | "upload";

/** Who may log in, as the command line or a config says it. */
export interface UsersOptions extends Pick<DiskStorageOptions, "umask" | "atomicUploads" | "fsync"> {
  /** What everybody sees who has no root of their own. */
  readonly root: string;
  /** They may read and write unless they say otherwise. */
  readonly users: readonly UserOptions[];
  readonly usersFile: string | undefined;
  /** `true`: to read. `false` or absent: only where nobody else is let in. */
  readonly anonymous?: boolean | AnonymousRights | undefined;
  readonly readOnly?: boolean | undefined;
}

/** Who may log in. */
export interface Users {
  readonly authenticate: Authenticate;
  /** In words, for the log: `ann may read and write; anybody may read, as anonymous`. */
  readonly description: string;
}

/**
 * @param onError told when a changed users file cannot be used.
 * @throws {TypeError | RangeError} for a user who is there twice, or an option of theirs that is wrong.
 * @throws {Error} that names the root, or the users file and its line, when they cannot be used.
 */
export async function createUsers(options: UsersOptions, onError: (error: Error) => void): Promise<Users> {
  const { root, users, usersFile: file, umask, atomicUploads, fsync } = options;
  const isReadOnly = options.readOnly === true;
  const disk: DiskStorageOptions = { umask, atomicUploads, fsync, readOnly: isReadOnly };
  const storage = diskStorage(root, disk);
  const kinds: Authenticate[] = [];
  const words: string[] = [];
  if (users.length > 0) {
    kinds.push(
      userList(
        users.map((user) => ({ ...user, permissions: user.permissions ?? "write", ...placeOf(user, storage, disk) })),
      ),
    );
    const may = isReadOnly
      ? "read"
      : users.every(({ permissions }) => permissions === undefined)
        ? "read and write"
        : "log in";
    words.push(`${users.map(({ name }) => name).join(", ")} may ${may}`);
  }
  if (file !== undefined) {
    // With the files of its own lines kept like those of the root.
    const defaults: AccountOptions = { storage, disk, permissions: "write" };
    // A file that cannot be used is to be told of now, and not at the first login.
    await readUsersFile(file, defaults);
    kinds.push(usersFile(file, { defaults, onError }));
    words.push(`users of ${file}${isReadOnly ? " may read" : ""}`);
  }
  if (letsAnybodyIn(options)) {
    const permissions = anonymousRights(options);
    kinds.push(anonymous({ storage, permissions }));
    words.push(`anybody may ${RIGHTS[permissions]}, as anonymous`);
  }
  const authenticate = firstOf(...kinds);
  return { authenticate: isReadOnly ? readOnly(authenticate) : authenticate, description: words.join("; ") };
}

/** Where a user's files are: those of the same root share one storage. */
function placeOf(
  { root }: UserOptions,
  storage: Storage,
  disk: DiskStorageOptions,
): Pick<AccountOptions, "disk" | "storage"> {
  return root === undefined ? { storage } : { disk };
}

const RIGHTS: Readonly<Record<AnonymousRights, string>> = { read: "read", write: "read and write", upload: "upload" };

function anonymousRights({ anonymous: rights, readOnly: isReadOnly }: UsersOptions): AnonymousRights {
  return isReadOnly === true || typeof rights !== "string" ? "read" : rights;
}
