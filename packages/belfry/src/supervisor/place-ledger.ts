import type { PlaceKey } from "./messages.js";

/** Who borrows places: one server of a worker. */
export interface Borrower {
  readonly key: PlaceKey;
  /** Hands over `count` places more. */
  grant(count: number): void;
  /** Says whether places that fall free are to be given back. */
  recall(isOn: boolean): void;
}

interface Account {
  held: number;
  wanted: number;
  isRecalled: boolean;
}

/**
 * The places of one service over all workers: as many as connections may be served at a time.
 *
 * Each is with one borrower or free, so that the limit holds at every moment. While somebody wants one and none is free,
 * all others are asked to give back what falls free; places then go round in turn.
 */
export class PlaceLedger {
  #limit: number;
  #held = 0;
  readonly #accounts = new Map<Borrower, Account>();
  /** Who wants places, in the order of asking. */
  readonly #line = new Set<Borrower>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Places nobody holds. Below 0 after the limit was lowered, until enough have come back. */
  get free(): number {
    return this.#limit - this.#held;
  }

  get held(): number {
    return this.#held;
  }

  /** A lower limit disturbs nobody: places that fall free are kept until it holds. */
  setLimit(limit: number): void {
    this.#limit = limit;
    this.#settle();
  }

  /**
   * Enters a borrower and lends it the first places.
   *
   * @param share among how many the free places are to be divided; `Infinity` to lend none ahead.
   */
  join(borrower: Borrower, share: number): void {
    const account = { held: 0, wanted: 0, isRecalled: false };
    this.#accounts.set(borrower, account);
    // Not all: who comes next should find some, without a round of asking.
    const first = this.#line.size > 0 ? 0 : Math.floor(Math.max(0, this.free) / (2 * Math.max(1, share)));
    this.#lend(borrower, account, first);
    this.#settle();
  }

  /** Its process has ended: what it held is free. */
  leave(borrower: Borrower): void {
    const account = this.#accounts.get(borrower);
    if (account === undefined) return;
    this.#accounts.delete(borrower);
    this.#line.delete(borrower);
    this.#held -= account.held;
    this.#settle();
  }

  /** `count` connections of the borrower wait; 0 takes the wish back. */
  want(borrower: Borrower, count: number): void {
    const account = this.#accounts.get(borrower);
    if (account === undefined) return;
    account.wanted = count;
    if (count > 0) this.#line.add(borrower);
    else this.#line.delete(borrower);
    this.#settle();
  }

  /** Takes a free place for the borrower, who waits for none. @returns whether there was one. */
  claim(borrower: Borrower): boolean {
    const account = this.#accounts.get(borrower);
    if (account === undefined || this.free <= 0) return false;
    account.held += 1;
    this.#held += 1;
    return true;
  }

  /** The borrower has given back `count` places. */
  giveBack(borrower: Borrower, count: number): void {
    const account = this.#accounts.get(borrower);
    if (account === undefined) return;
    const returned = Math.min(count, account.held);
    account.held -= returned;
    this.#held -= returned;
    this.#settle();
  }

  #settle(): void {
    for (const borrower of this.#line) {
      if (this.free <= 0) break;
      const account = this.#accounts.get(borrower) as Account;
      // With plenty left, some more than asked for save questions; when short, one each in turn.
      const generous = Math.min(this.free, Math.max(account.wanted, Math.floor(this.free / 4)));
      const count = this.#line.size === 1 ? generous : 1;
      this.#line.delete(borrower);
      account.wanted = Math.max(0, account.wanted - count);
      if (account.wanted > 0) this.#line.add(borrower);
      this.#lend(borrower, account, count);
    }
    this.#recall();
  }

  #recall(): void {
    for (const [borrower, account] of this.#accounts) {
      // Who alone wants places keeps its own.
      const others = this.#line.size - (this.#line.has(borrower) ? 1 : 0);
      const isOn = others > 0 || this.free < 0;
      if (account.isRecalled === isOn) continue;
      account.isRecalled = isOn;
      borrower.recall(isOn);
    }
  }

  #lend(borrower: Borrower, account: Account, count: number): void {
    if (count === 0) return;
    account.held += count;
    this.#held += count;
    borrower.grant(count);
  }
}
