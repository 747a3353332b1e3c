/**
 * Where an FTP service keeps its files: one small interface, and abilities a storage may have beside it, found by the
 * type guard {@link can}. What a storage cannot do, the service does not advertise and answers with 502 or 504.
 *
 * Paths are absolute, virtual and normalised: `"/"`, `"/a/b"`; never `.`, `..`, a doubled or a trailing slash, and
 * no control character. Names compare by bytes; bytes that are not UTF-8 stand as lone surrogates U+DC80 to U+DCFF
 * (`protocol/text.ts`), so any name goes through unharmed. A storage may be used by many sessions at once.
 *
 * Nothing here asks for seeking in what is being written or for renaming, so an object store with multipart uploads
 * fits. Directories exist apart from the files in them, as clients make them first; such a store keeps an empty object
 * for each.
 */
/** What something is. `"link"` only where a link leads nowhere it may; else it is what it leads to. */
export type FileType = "file" | "directory" | "link" | "other";

/** What is known of one file or directory. */
export interface FileInfo {
  /** The last part of its path; `"/"` for the root. */
  readonly name: string;
  readonly type: FileType;
  /** Bytes; 0 for a directory. */
  readonly size: number;
  /** When it was last changed, in milliseconds since the epoch. */
  readonly modified: number;
  /** When it was made, in milliseconds since the epoch, where that is known. */
  readonly created?: number | undefined;
  /** Permission bits as in `chmod(2)`, 0 to 0o7777, where there are such. */
  readonly mode?: number | undefined;
  /** Owner and group: a name or a number, where there are such. */
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  /** Hard links, where there are such. */
  readonly links?: number | undefined;
  /** The same for two paths exactly when they are one file (RFC 3659 §7.5.2), where that is known. */
  readonly unique?: string | undefined;
}

/** Options of a wait on a storage. */
export interface StorageWait {
  /** Aborting it rejects the wait with its reason and releases what was held. */
  readonly signal?: AbortSignal | undefined;
}

/** What {@link FileInfo} tells beside name and type. */
export type InfoField = Exclude<keyof FileInfo, "name" | "type">;

/** Options of {@link Storage.list}. */
export interface ListOptions extends StorageWait {
  /**
   * What the caller will look at beside name and type. The rest may be left out, with zeros for size and time, where the storage
   * has less to do then. Default: everything.
   */
  readonly fields?: readonly InfoField[] | undefined;
}

/** Options of {@link Storage.openRead}. */
export interface ReadOptions extends StorageWait {
  /** The first byte to read; 0 to the size. Default 0. A storage without range reads skips by reading. */
  readonly start?: number | undefined;
}

/**
 * A file that is being read: its chunks in order, each lent until the next is asked for. One reader at a time.
 *
 * The bytes end where the file ends at that moment: a file that shrinks ends early, and its download then fails with 451;
 * one that grows may end later than `size` said.
 */
export interface FileReader extends AsyncIterable<Uint8Array> {
  readonly info: FileInfo;
  /** All that iterating would give, where that is at hand as one piece. Good until {@link close}. */
  readonly content?: Uint8Array | undefined;
  /** Releases it; also in the middle. Idempotent, never rejects. */
  close(): Promise<void>;
}

/** Options of {@link Storage.openWrite}. */
export interface WriteOptions extends StorageWait {
  /** Reject with `exists` when there is something of this name already. Default `false`: replace the file. */
  readonly exclusive?: boolean | undefined;
}

/**
 * A file that is being written. Exactly one of {@link commit} and {@link abort} ends it.
 *
 * `write` may be called again before the one before has resolved; data goes out in call order. Where the storage is
 * atomic nobody sees the file, and the one it replaces stays as it was, until `commit` resolves.
 */
export interface FileWriter {
  /**
   * @param data lent until the promise resolves.
   * @throws {StorageError} `no-space`, `over-quota`, `failed`; `abort` is still to be called.
   */
  write(data: Uint8Array): Promise<void>;
  /** Resolves when everything written is in its place, under its name, and stays there. On failure it aborts. */
  commit(): Promise<void>;
  /** Gives up what was written. Idempotent, never rejects. */
  abort(): Promise<void>;
}

/** The least a storage can do. Every method rejects with {@link StorageError}. */
export interface Storage {
  /** `not-found` when there is nothing, and for a link out of what the storage may show. */
  stat(path: string, options?: StorageWait): Promise<FileInfo>;
  /**
   * What is in a directory, in batches of any size, in any order, without `.` and `..`. Memory in use does not grow with the
   * directory. Rejects before the first batch with `not-found` or `not-a-directory`. Entries that vanish meanwhile are
   * left out. Leaving the loop releases it.
   */
  list(path: string, options?: ListOptions): AsyncIterable<readonly FileInfo[]>;
  /** `not-found`; `is-a-directory`; `not-supported` for what is no regular file. */
  openRead(path: string, options?: ReadOptions): Promise<FileReader>;
  /** Begins a new file, or the replacement of one. `not-found` without its directory; `is-a-directory`; `exists`. */
  openWrite(path: string, options?: WriteOptions): Promise<FileWriter>;
  /** Removes a file, or a link itself. `is-a-directory` for a directory. */
  remove(path: string): Promise<void>;
  /** `exists`, also for a file of that name. */
  makeDirectory(path: string): Promise<void>;
  /** `not-empty`, `not-a-directory`; the root stays: `no-permission`. */
  removeDirectory(path: string): Promise<void>;
}

/** What a storage may be able to do beside {@link Storage}. */
export interface StorageAbilities {
  /** Changes a file in place from `start` on (REST before STOR; APPE with `start` at its end); makes it when missing and `start` is 0. Not atomic: `abort` keeps what is written. `start` past the end: `not-supported`. */
  openUpdate(path: string, options: StorageWait & { readonly start: number | "end" }): Promise<FileWriter>;
  /** A file or directory, replacing a file where `to` is one. `exists` when `to` is a directory; `not-found`; a directory into itself: `invalid-name`. */
  rename(from: string, to: string): Promise<void>;
  /** Milliseconds since the epoch. What is left out stays as it is. */
  setTimes(
    path: string,
    times: { readonly modified?: number; readonly accessed?: number; readonly created?: number },
  ): Promise<void>;
  /** 0 to 0o777. */
  setMode(path: string, mode: number): Promise<void>;
  /** A digest the storage has or computes better than by reading the file; `null` when it has none of that kind. */
  digest(path: string, algorithm: DigestAlgorithm, options?: StorageWait): Promise<Uint8Array | null>;
  /** Bytes that can still be written below `path`. */
  space(path: string): Promise<number>;
}

/** Digests by the names of the IANA registry that HASH uses (draft-bryan-ftpext-hash-02 §3). */
export type DigestAlgorithm = "SHA-256" | "SHA-512" | "SHA-1" | "MD5" | "CRC32";

/** Whether `storage` has an ability. */
export function can<A extends keyof StorageAbilities>(
  storage: Storage,
  ability: A,
): storage is Storage & Pick<StorageAbilities, A> {
  return typeof (storage as Partial<StorageAbilities>)[ability] === "function";
}
