/** Visits to one service over all workers, by who they count for: connections by their address, sessions by their account. */
export class VisitLedger<Worker> {
  #max: number;
  #total = 0;
  readonly #perKey = new Map<string, number>();
  readonly #byWorker = new Map<Worker, Map<string, number>>();

  /** @param max of one key; `Infinity` for no limit. */
  constructor(max: number) {
    this.#max = max;
  }

  get total(): number {
    return this.#total;
  }

  /** A lower limit disturbs nobody who is here. */
  setMax(max: number): void {
    this.#max = max;
  }

  /**
   * Books a visit, to be given back with `release`.
   *
   * @param key empty where it has none, as a connection without an address: then there is no limit.
   * @param max of this key, where keys have limits of their own.
   * @returns whether it may have one more.
   */
  claim(worker: Worker, key: string, max = this.#max): boolean {
    const count = this.#perKey.get(key) ?? 0;
    if (key !== "" && count >= max) return false;
    this.#total++;
    this.#perKey.set(key, count + 1);
    const own = this.#byWorker.get(worker) ?? new Map<string, number>();
    this.#byWorker.set(worker, own.set(key, (own.get(key) ?? 0) + 1));
    return true;
  }

  /** One visit of the key's to this worker is over. */
  release(worker: Worker, key: string): void {
    const own = this.#byWorker.get(worker);
    const count = own?.get(key);
    if (own === undefined || count === undefined) return;
    if (count > 1) own.set(key, count - 1);
    else own.delete(key);
    if (own.size === 0) this.#byWorker.delete(worker);
    this.#drop(key, 1);
  }

  /** The worker has ended, and with it the visits to it. */
  leave(worker: Worker): void {
    const own = this.#byWorker.get(worker);
    this.#byWorker.delete(worker);
    for (const [key, count] of own ?? []) this.#drop(key, count);
  }

  #drop(key: string, count: number): void {
    this.#total -= count;
    const left = (this.#perKey.get(key) ?? 0) - count;
    if (left > 0) this.#perKey.set(key, left);
    else this.#perKey.delete(key);
  }
}
