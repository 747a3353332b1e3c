import type { FileInfo, FileType } from "../storage.js";
import { type FileStats, typeOf } from "./file-info.js";
import type { ListingContext } from "./listing-context.js";
import { bytesToSystem, fromBytes } from "./system-path.js";
import { isTemporaryName } from "./temporary-names.js";
import type { Spot } from "./reach.js";

/** A name as a directory gives it. */
export interface Entry {
  /** One character a byte. */
  readonly bytes: string;
  /** What the directory says of it. */
  readonly type: FileType;
}

interface Link {
  readonly bytes: string;
  readonly name: string;
  /** Of the link itself; `null` when nobody has looked. */
  readonly stats: FileStats | null;
}

/** Some entries of a listing, without hidden files of uploads and what has vanished. */
export class ListingBatch {
  readonly infos: FileInfo[] = [];
  readonly #context: ListingContext;
  readonly #hasUnique: boolean | undefined;
  #links: Link[] = [];

  constructor(context: ListingContext) {
    this.#context = context;
    this.#hasUnique = context.fields?.includes("unique");
  }

  /** Links that are still to be followed. */
  get links(): number {
    return this.#links.length;
  }

  clear(): void {
    this.infos.length = 0;
    this.#links = [];
  }

  /** Adds an entry by what the directory says of it. @returns whether that is enough. */
  addBare({ bytes, type }: Entry): boolean {
    if (type === "other") return false;
    const name = fromBytes(bytes);
    if (isTemporaryName(name)) return true;
    if (type === "link") this.#links.push({ bytes, name, stats: null });
    else this.infos.push({ name, type, size: 0, modified: 0 });
    return true;
  }

  /** @param stats `null` of what has vanished; nothing of what may be listed but not looked at. */
  add({ bytes, type }: Entry, name: string, stats: FileStats | null | undefined): void {
    if (stats === null || isTemporaryName(name)) return;
    if (stats === undefined) this.infos.push({ name, type, size: 0, modified: 0 });
    else if (typeOf(stats.mode) === "link") this.#links.push({ bytes, name, stats });
    else this.infos.push(this.#context.settings.makeInfo(name, stats, this.#hasUnique));
  }

  /** Adds what the links lead to. */
  async follow(spot: Spot): Promise<void> {
    const { reach, settings } = this.#context;
    for (const { bytes, name, stats } of this.#links) {
      // Not by a shortcut, which may hold no more.
      const found = (await reach.follow(bytesToSystem(spot.prefix + bytes))) ?? stats;
      const info =
        found === null ? ({ name, type: "link", size: 0, modified: 0 } as const) : settings.makeInfo(name, found);
      this.infos.push(info);
    }
  }
}
