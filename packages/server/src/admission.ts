import type { Conn } from "@belfry/net";
import type { DescriptorBudget } from "./descriptor-budget.js";

/** Decides whether the process and the peer's address may have one more connection. */
export class Admission {
  readonly #budget: DescriptorBudget | null;
  readonly #maxPerAddress: number;
  readonly #perAddress = new Map<string, number>();

  /** @param budget `null` for connections that hold no descriptor. */
  constructor(maxPerAddress: number, budget: DescriptorBudget | null) {
    this.#maxPerAddress = maxPerAddress;
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
  admit(conn: Conn): "address" | "descriptors" | "exhausted" | null {
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

  /** Empty where no limit applies; asking a connection for its address may cost a system call. */
  #addressOf(conn: Conn): string {
    return this.#maxPerAddress === Number.POSITIVE_INFINITY ? "" : conn.remoteAddr.host;
  }
}
