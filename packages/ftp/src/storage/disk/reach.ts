import type { Stats } from "node:fs";
import type { Shortcut } from "./shortcut.js";
import type { SystemPath } from "./system-path.js";

/** How a disk storage comes to what is below its root, and to nothing else. */
export interface Reach {
  /**
   * Finds what is at a virtual path, through links that stay below the root.
   *
   * @throws {StorageError} `not-found` also for a link out of the root and whatever lies behind one.
   */
  find(path: string): Promise<Spot>;
  /** The directory of `path`, to do something with its last part. @throws {StorageError} `not-found` when it is none. */
  parent(path: string): Promise<Spot>;
  /** {@link find} without waiting; `null` where that cannot be, and where `find` would throw. */
  tryFind(path: string): HeldSpot | null;
  /** {@link parent} in the same way. */
  tryParent(path: string): HeldSpot | null;
  /** What a link in a directory leads to; `null` when that is nothing below the root. Never rejects. */
  follow(link: SystemPath): Promise<Stats | null>;
}

/** Something below the root. What is done by its paths is done to it and to nothing that has taken its place. */
export interface Spot {
  /** Its virtual path without any link in it. */
  readonly path: string;
  /** By which the system comes to it. */
  readonly self: SystemPath;
  /** By which the system comes to a name in it; the name itself is never followed where `O_NOFOLLOW` or the call says so. */
  at(name: string): SystemPath;
  /** The same for what stands in front of a name of bytes, such as a directory gives. */
  readonly prefix: string;
  /** A faster way to many names in it, for as long as nothing else is done; `null` without. */
  shortcut(): Shortcut | null;
  stat(): Promise<Stats>;
  /** Opens it, never waiting for a peer of a pipe. */
  open(flags: number): Promise<number>;
  /** To be called after something was made or opened in it. @throws {StorageError} when it was not what it is now. */
  confirm(): void | Promise<void>;
  close(): void;
}

/** A spot that is held by a descriptor, so that nothing has to be waited for. */
export interface HeldSpot extends Spot {
  statNow(): Stats;
  /** Never waits for a peer of a pipe. */
  openNow(flags: number): number;
  confirm(): void;
}

/** Whether nothing has to be waited for at `spot`. */
export function isHeld(spot: Spot): spot is HeldSpot {
  return "statNow" in spot;
}
