/**
 * What a Conn may be able to do beyond the interface, found by a type guard. Readers of framed input use these when
 * they are there and do without them when not, so that a Conn of your own needs none of them.
 */
import type { Conn, WaitOptions } from "./conn.js";

/** Options of `copy`. */
export interface CopyOptions extends WaitOptions {
  /** Called after each write with the bytes written so far. What it throws ends the copy. */
  readonly onProgress?: ((total: number) => void) | undefined;
}

/** What `copy` writes to: a `Conn`, or anything else whose `write` resolves when more may come. */
export type CopyTarget = Pick<Conn, "write">;

/** Where `fill` puts bytes. */
export interface FillTarget {
  /**
   * Memory for what comes next, at least one byte; nobody else touches it until `filled`, or until `fill` has settled.
   * A promise makes the peer wait.
   */
  room(): Uint8Array | Promise<Uint8Array>;
  /** `length` bytes stand at the start of what `room` gave last. */
  filled(length: number): void;
}

/** Puts bytes back at the front of what the next read gives. */
export const unread: unique symbol = Symbol("belfry.unread");

/** Says that more writes follow in this tick: they are joined until the next read waits or the tick ends. */
export const hold: unique symbol = Symbol("belfry.hold");

/** Does what `copy` does, by a shorter way. */
export const pump: unique symbol = Symbol("belfry.pump");

/** Does what `fill` does, by a shorter way. */
export const fill: unique symbol = Symbol("belfry.fill");

/** Writes bytes that are only lent until the call returns. */
export const writeLent: unique symbol = Symbol("belfry.writeLent");

/** Does what `finish` does, by a shorter way. */
export const finish: unique symbol = Symbol("belfry.finish");

/** A Conn that takes bytes back. They are counted as read once. */
export interface Rewindable {
  [unread](bytes: Uint8Array): void;
}

/** A Conn that joins writes on request. */
export interface Holding {
  [hold](): void;
}

/** A Conn that copies by a shorter way. */
export interface Pumping {
  [pump](to: CopyTarget, options: CopyOptions): Promise<number>;
}

/** A Conn that fills memory by a shorter way. */
export interface Filling {
  [fill](target: FillTarget, options: WaitOptions): Promise<void>;
}

/** A Conn that writes what it is lent; the promise is that of `write`. */
export interface Borrowing {
  [writeLent](bytes: Uint8Array): Promise<void>;
}

/** A Conn that can end both halves in one call. */
export interface Finishing {
  /** @returns whether it is done; else nothing was: something waits to be sent, or the other side must be told more than the end. */
  [finish](): boolean;
}

/** Whether bytes can be put back into `conn`. */
export function isRewindable(conn: Conn): conn is Conn & Rewindable {
  return unread in conn;
}

/** Whether `conn` joins writes on request. */
export function isHolding(conn: Conn): conn is Conn & Holding {
  return hold in conn;
}

/** Whether `conn` copies by a shorter way. */
export function isPumping(conn: Conn): conn is Conn & Pumping {
  return pump in conn;
}

/** Whether `conn` fills memory by a shorter way. */
export function isFilling(conn: Conn): conn is Conn & Filling {
  return fill in conn;
}

/** Whether `target` writes what it is lent. */
export function isBorrowing(target: CopyTarget): target is CopyTarget & Borrowing {
  return writeLent in target;
}

/** Whether `conn` can end both halves in one call. */
export function isFinishing(conn: Conn): conn is Conn & Finishing {
  return finish in conn;
}
