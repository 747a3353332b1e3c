import type { ControlLink } from "../control/control-link.js";
import { findHost, type HostChoice } from "../control/find-host.js";
import type { ConnectionOrder, ConnectionPage } from "../inspect/host-view.js";
import type { Look, TopOrder } from "./look.js";

/** Which connections to look at. */
export interface LookQuery {
  readonly order: TopOrder;
  readonly service: string | null;
}

/** So many connections are looked at: with more, those that have had the most bytes. */
const LISTED = 500;

/** By what a host can order them; for the rate of both directions, it is asked for both. */
const ORDERS: Readonly<Record<TopOrder, readonly ConnectionOrder[]>> = {
  rate: ["read", "written"],
  in: ["read"],
  out: ["written"],
  queued: ["queued"],
  age: ["age"],
};

/** Looks at a host again and again; at the one that has come in its place when it has gone. */
export class HostWatch {
  readonly #choice: HostChoice;
  #link: ControlLink | null = null;

  constructor(choice: HostChoice) {
    this.#choice = choice;
  }

  /**
   * @throws {Error} when the host does not answer, or there is none; the next call looks for it anew.
   * @throws the reason of the choice's signal.
   */
  async look({ order, service }: LookQuery): Promise<Look> {
    try {
      const link = (this.#link ??= await findHost(this.#choice));
      const status = await link.ask("status", {});
      const at = Date.now();
      const query = { limit: LISTED, ...(service !== null && { service }) };
      const pages: ConnectionPage[] = [];
      for (const each of ORDERS[order]) pages.push(await link.ask("connections", { ...query, order: each }));
      return { at, status, service, ...merge(pages) };
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const link = this.#link;
    this.#link = null;
    await link?.close();
  }
}

function merge(pages: readonly ConnectionPage[]): Pick<Look, "connections" | "total" | "missing"> {
  const byId = new Map(pages.flatMap(({ connections }) => connections.map((each) => [each.id, each] as const)));
  const missing = [...new Set(pages.flatMap((page) => page.missing ?? []))];
  return { connections: [...byId.values()], total: Math.max(0, ...pages.map(({ total }) => total)), missing };
}
