/** The connections of one service over all workers, by remote address, where a limit has to be asked about. */
export class VisitLedger<Worker> {
  #max: number;
  #total = 0;
  readonly #perAddress = new Map<string, number>();
  readonly #byWorker = new Map<Worker, Map<string, number>>();

  /** @param max of one address; `Infinity` for no limit. */
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
   * Books a connection, to be given back with `release`.
   *
   * @param address empty where it has none: then there is no limit.
   * @returns whether its address may have one more.
   */
  claim(worker: Worker, address: string): boolean {
    const count = this.#perAddress.get(address) ?? 0;
    if (address !== "" && count >= this.#max) return false;
    this.#total++;
    this.#perAddress.set(address, count + 1);
    const own = this.#byWorker.get(worker) ?? new Map<string, number>();
    this.#byWorker.set(worker, own.set(address, (own.get(address) ?? 0) + 1));
    return true;
  }

  /** One connection of the worker's from there is over. */
  release(worker: Worker, address: string): void {
    const own = this.#byWorker.get(worker);
    const count = own?.get(address);
    if (own === undefined || count === undefined) return;
    if (count > 1) own.set(address, count - 1);
    else own.delete(address);
    if (own.size === 0) this.#byWorker.delete(worker);
    this.#drop(address, 1);
  }

  /** The worker has ended, and with it its connections. */
  leave(worker: Worker): void {
    const own = this.#byWorker.get(worker);
    this.#byWorker.delete(worker);
    for (const [address, count] of own ?? []) this.#drop(address, count);
  }

  #drop(address: string, count: number): void {
    this.#total -= count;
    const left = (this.#perAddress.get(address) ?? 0) - count;
    if (left > 0) this.#perAddress.set(address, left);
    else this.#perAddress.delete(address);
  }
}
