import type { Conn, Networks } from "@belfry/net";
import type { DescriptorBudget } from "./descriptor-budget.js";

/** What an admission goes by. */
export interface AdmissionLimits {
  /** Connections of one address. */
  readonly maxConnsPerAddress: number;
  /** Addresses that are welcome; `null` for all. */
  readonly allow: Networks | null;
  /** Addresses that are not, even when they are allowed; `null` for none. */
  readonly refuse: Networks | null;
}

/** Decides whether the process and the peer's address may have one more connection. */
export class Admission {
  readonly #budget: DescriptorBudget | null;
  readonly #maxPerAddress: number;
  readonly #allow: Networks | null;
  readonly #refuse: Networks | null;
  readonly #hasNetworks: boolean;
  readonly #perAddress = new Map<string, number>();

  /** @param budget `null` for connections that hold no descriptor. */
  constructor(limits: AdmissionLimits, budget: DescriptorBudget | null) {
    this.#maxPerAddress = limits.maxConnsPerAddress;
    this.#allow = limits.allow;
    this.#refuse = limits.refuse;
    this.#hasNetworks = limits.allow !== null || limits.refuse !== null;
    this.#budget = budget;
  }

  /** Milliseconds until descriptors are counted again. */
  get delay(): number {
    return this.#budget?.delay ?? 0;
  }

  /**
   * Books a connection, to be given back with `release`.
   *
   * @returns `null` when it is admitted; else why not, with `exhausted` when a shortage of descriptors was just found.
   */
  admit(conn: Conn): "network" | "address" | "descriptors" | "exhausted" | null {
    if (this.#hasNetworks && !this.#isWelcome(conn.remoteAddr.host)) return "network";
    const address = this.#addressOf(conn);
    const count = this.#perAddress.get(address) ?? 0;
    if (address !== "" && count >= this.#maxPerAddress) return "address";
    const taken = this.#budget?.take() ?? "granted";
    if (taken !== "granted") return taken === "exhausted" ? "exhausted" : "descriptors";
    if (address !== "") this.#perAddress.set(address, count + 1);
    return null;
  }

  /** Gives back what `admit` booked. */
  release(conn: Conn): void {
    this.#budget?.release();
    const address = this.#addressOf(conn);
    const count = this.#perAddress.get(address);
    if (count === undefined) return;
    if (count > 1) this.#perAddress.set(address, count - 1);
    else this.#perAddress.delete(address);
  }

  /** Who has no address has come over a Unix socket, whose file's mode says who may. */
  #isWelcome(host: string): boolean {
    if (host === "") return true;
    return this.#refuse?.has(host) !== true && this.#allow?.has(host) !== false;
  }

  /** Empty where no limit applies; asking a connection for its address may cost a system call. */
  #addressOf(conn: Conn): string {
    return this.#maxPerAddress === Number.POSITIVE_INFINITY ? "" : conn.remoteAddr.host;
  }
}
