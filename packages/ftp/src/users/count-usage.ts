import type { FileInfo, Storage } from "../storage/storage.js";
import { StorageError } from "../storage/storage-error.js";
import type { Usage } from "./usage.js";

/** Options of {@link countUsage}. */
export interface CountOptions {
  /** What a path counts for, where that is known better than by looking. */
  readonly known: (path: string) => Usage | undefined;
  readonly signal: AbortSignal;
  /** Directories at most. Default 1,000,000. */
  readonly maxDirectories?: number | undefined;
}

/**
 * Counts all that is in a storage but its root. A directory that several links lead to is counted once where the storage tells that it is
 * one; what may not be read is not counted. Memory in use grows with the directories, not with the files.
 *
 * @throws {StorageError} `too-many` beyond `maxDirectories`. @throws `signal.reason`
 */
export async function countUsage(storage: Storage, options: CountOptions): Promise<Usage> {
  const walk = new Walk(options);
  for (let path = walk.next(); path !== undefined; path = walk.next()) {
    try {
      for await (const batch of storage.list(path, { signal: options.signal, fields: ["size", "unique"] })) {
        options.signal.throwIfAborted();
        for (const info of batch) walk.add(path === "/" ? `/${info.name}` : `${path}/${info.name}`, info);
      }
    } catch (error) {
      if (!(error instanceof StorageError && SKIPPED.has(error.code))) throw error;
    }
  }
  return walk.usage;
}

/** Of a directory that has gone meanwhile, or may not be read. */
const SKIPPED: ReadonlySet<string> = new Set(["not-found", "not-a-directory", "no-permission"]);

class Walk {
  readonly #options: CountOptions;
  readonly #pending = ["/"];
  readonly #seen = new Set<string>();
  #directories = 0;
  #bytes = 0;
  #files = 0;

  constructor(options: CountOptions) {
    this.#options = options;
  }

  get usage(): Usage {
    return { bytes: this.#bytes, files: this.#files };
  }

  next(): string | undefined {
    return this.#pending.pop();
  }

  add(path: string, info: FileInfo): void {
    const usage = this.#options.known(path) ?? { bytes: info.type === "file" ? info.size : 0, files: 1 };
    this.#bytes += usage.bytes;
    this.#files += usage.files;
    if (info.type !== "directory") return;
    if (info.unique !== undefined) {
      if (this.#seen.has(info.unique)) return;
      this.#seen.add(info.unique);
    }
    this.#directories += 1;
    if (this.#directories > (this.#options.maxDirectories ?? 1_000_000)) throw new StorageError("too-many", path);
    this.#pending.push(path);
  }
}
