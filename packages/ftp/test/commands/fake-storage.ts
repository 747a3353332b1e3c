import { nameOf, parentOf } from "../../src/protocol/path.js";
import { StorageError } from "../../src/storage/storage-error.js";
import type { FileInfo, FileReader, FileWriter, Storage, StorageAbilities } from "../../src/storage/storage.js";

/** A file or, without content, a directory. */
interface Node {
  content: Buffer | null;
  modified: number;
  mode: number;
}

/** A tree of files in memory that does as it is told, for tests of what stands on a storage. */
export class FakeStorage implements Storage {
  readonly nodes = new Map<string, Node>([["/", directory()]]);
  /** Readers and writers that were opened and not ended. */
  open = 0;
  /** Thrown by the next method called, once. */
  failure: Error | null = null;
  /** Bytes that are missing at the end of a file by the time it is read. */
  lost = 0;

  constructor(files: { readonly [path: string]: string | null } = {}) {
    for (const [path, content] of Object.entries(files)) {
      this.nodes.set(path, content === null ? directory() : file(Buffer.from(content)));
    }
  }

  /** A file's content as text. */
  read(path: string): string | undefined {
    return this.nodes.get(path)?.content?.toString();
  }

  async stat(path: string): Promise<FileInfo> {
    return this.info(path);
  }

  async *list(path: string): AsyncGenerator<readonly FileInfo[]> {
    if (this.find(path).content !== null) throw new StorageError("not-a-directory", path);
    const names = [...this.nodes.keys()].filter((each) => each !== "/" && parentOf(each) === path).toSorted();
    this.open += 1;
    try {
      for (let at = 0; at < names.length; at += 3) yield names.slice(at, at + 3).map((each) => this.info(each));
    } finally {
      this.open -= 1;
    }
  }

  async openRead(path: string, { start = 0 } = {}): Promise<FileReader> {
    const info = this.info(path);
    const { content } = this.find(path);
    if (content === null) throw new StorageError("is-a-directory", path);
    const release = this.#hold();
    const there = content.subarray(0, content.length - this.lost);
    return {
      info,
      async close() {
        release();
      },
      async *[Symbol.asyncIterator]() {
        if (start < there.length) yield there.subarray(start);
      },
    };
  }

  async openWrite(path: string, { exclusive = false } = {}): Promise<FileWriter> {
    this.#fail();
    const there = this.nodes.get(path);
    if (there?.content === null) throw new StorageError("is-a-directory", path);
    if (there !== undefined && exclusive) throw new StorageError("exists", path);
    this.find(parentOf(path));
    return this.writer(path, Buffer.alloc(0), 0);
  }

  async remove(path: string): Promise<void> {
    if (this.find(path).content === null) throw new StorageError("is-a-directory", path);
    this.nodes.delete(path);
  }

  async makeDirectory(path: string): Promise<void> {
    this.#fail();
    if (this.nodes.has(path)) throw new StorageError("exists", path);
    this.nodes.set(path, directory());
  }

  async removeDirectory(path: string): Promise<void> {
    if (this.find(path).content !== null) throw new StorageError("not-a-directory", path);
    if ([...this.nodes.keys()].some((each) => parentOf(each) === path)) throw new StorageError("not-empty", path);
    this.nodes.delete(path);
  }

  protected find(path: string): Node {
    this.#fail();
    const node = this.nodes.get(path);
    if (node === undefined) throw new StorageError("not-found", path);
    return node;
  }

  protected writer(path: string, before: Buffer, start: number): FileWriter {
    const release = this.#hold();
    const chunks: Buffer[] = [];
    return {
      write: async (data) => void chunks.push(Buffer.from(data)),
      commit: async () => {
        release();
        this.#fail();
        const written = Buffer.concat(chunks);
        const after = before.subarray(start + written.length);
        this.nodes.set(path, file(Buffer.concat([before.subarray(0, start), written, after])));
      },
      abort: async () => release(),
    };
  }

  protected info(path: string): FileInfo {
    const { content, modified, mode } = this.find(path);
    const type = content === null ? "directory" : "file";
    return { name: nameOf(path), type, size: content?.length ?? 0, modified, mode, unique: `u${path}` };
  }

  #fail(): void {
    const { failure } = this;
    this.failure = null;
    if (failure !== null) throw failure;
  }

  #hold(): () => void {
    let isHeld = true;
    this.open += 1;
    return () => {
      if (isHeld) this.open -= 1;
      isHeld = false;
    };
  }
}

/** The same with every ability but digests of its own. */
export class AbleStorage extends FakeStorage implements Omit<StorageAbilities, "digest"> {
  async openUpdate(path: string, { start }: { readonly start: number | "end" }): Promise<FileWriter> {
    const content = this.nodes.get(path)?.content ?? Buffer.alloc(0);
    if (start !== "end" && start > content.length) throw new StorageError("not-supported", path);
    return this.writer(path, content, start === "end" ? content.length : start);
  }

  async rename(from: string, to: string): Promise<void> {
    if (this.nodes.get(to)?.content === null) throw new StorageError("exists", to);
    this.nodes.set(to, this.find(from));
    this.nodes.delete(from);
  }

  async setTimes(path: string, times: { readonly modified?: number; readonly created?: number }): Promise<void> {
    const node = this.find(path);
    if (times.created !== undefined) throw new StorageError("not-supported", path);
    node.modified = times.modified ?? node.modified;
  }

  async setMode(path: string, mode: number): Promise<void> {
    this.find(path).mode = mode;
  }

  async space(): Promise<number> {
    return 1234;
  }
}

function directory(): Node {
  return { content: null, modified: 1_000_000_000_500, mode: 0o755 };
}

function file(content: Buffer): Node {
  return { content, modified: 1_000_000_000_500, mode: 0o644 };
}
