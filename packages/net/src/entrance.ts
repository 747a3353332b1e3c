import type { Conn } from "./conn.js";
import { Entering } from "./entering.js";
import type { EntranceSteps } from "./entering.js";
import type { BrokenError } from "./errors.js";
import type { ListenOptions } from "./listener.js";
import { resolveProxyOptions } from "./proxy/proxy-options.js";
import type { StartTlsOptions, TlsServerOptions } from "./tls.js";
import { checkHandshake } from "./tls-handshake.js";
import type { Wire } from "./wire.js";

/** TLS handshakes under way at once; each costs a signature, and a client that sends nothing costs a place. */
const MAX_HANDSHAKES = 1_024;

/** Who is told of what becomes of those that enter. */
export interface EntranceSink {
  entered(conn: Conn): void;
  lost(error: BrokenError): void;
  /** One fewer is under way, whatever became of it. */
  left(): void;
}

/** Takes connections through what comes before they are handed out: the PROXY header, then TLS. */
export class Entrance {
  readonly #steps: EntranceSteps;
  readonly #limit: number;
  #underWay = new Set<Entering>();
  #isClosed = false;

  /** @throws {TypeError | RangeError} when an option of `proxy`, or the timeout of `tls`, is none. */
  constructor(options: ListenOptions & { readonly backlog: number }) {
    const { tls, proxy, backlog } = options;
    this.#steps = {
      proxy: proxy === undefined ? null : resolveProxyOptions(proxy),
      tls: tls === undefined ? null : serverSide(tls),
    };
    this.#limit = tls === undefined ? backlog : Math.min(backlog, MAX_HANDSHAKES);
  }

  /** Whether connections can be handed out as they come. */
  get isOpen(): boolean {
    return this.#steps.proxy === null && this.#steps.tls === null;
  }

  /** How many are under way. */
  get size(): number {
    return this.#underWay.size;
  }

  get isFull(): boolean {
    return this.#underWay.size >= this.#limit;
  }

  enter(wire: Wire, sink: EntranceSink): void {
    void this.#enter(new Entering(wire, this.#steps), sink);
  }

  /** Resets all that are under way. */
  close(): void {
    this.#isClosed = true;
    for (const entering of this.#underWay) entering.stop(new Error("the listener was closed"));
  }

  async #enter(entering: Entering, sink: EntranceSink): Promise<void> {
    this.#underWay.add(entering);
    try {
      const conn = await entering.run();
      if (this.#isClosed) conn.abort();
      else sink.entered(conn);
    } catch (error) {
      // Who closes the listener knows of them.
      if (!this.#isClosed) sink.lost(error as BrokenError);
    } finally {
      this.#underWay.delete(entering);
      sink.left();
    }
  }
}

/** One object for all connections with the same options: their TLS context, with the keys of session tickets, goes with it. */
function serverSide(tls: TlsServerOptions | (() => TlsServerOptions)): () => StartTlsOptions {
  if (typeof tls !== "function") checkHandshake(tls);
  let given: TlsServerOptions | null = null;
  let made: StartTlsOptions = { isServer: true };
  return () => {
    const asked = typeof tls === "function" ? tls() : tls;
    if (asked !== given) {
      checkHandshake(asked);
      given = asked;
      made = { ...asked, isServer: true };
    }
    return made;
  };
}
