import type { Addr, Conn } from "@belfry/net";

/** A connection that has come, as the hooks of a server see it. */
export interface Arrival {
  /** The client's address: behind a proxy that tells it, the one it tells. */
  readonly remoteAddr: Addr;
}

/** Says whether a connection is admitted. See {@link ServeLimits.admit}. */
export type AdmitHook = (arrival: Arrival) => boolean | Promise<boolean>;

/** Is told that an admitted connection is over. See {@link ServeLimits.onReleased}. */
export type ReleasedHook = (arrival: Arrival) => void;

/** The user's own say in who is admitted, with whatever goes wrong in it contained. */
export class Policy {
  readonly #admit: AdmitHook;
  readonly #onReleased: ReleasedHook;
  readonly #onFailed: (arrival: Arrival, error: unknown) => void;

  /** @param onFailed a hook threw, rejected, or answered with something else than a boolean. */
  constructor(admit: AdmitHook, onReleased: ReleasedHook, onFailed: (arrival: Arrival, error: unknown) => void) {
    this.#admit = admit;
    this.#onReleased = onReleased;
    this.#onFailed = onFailed;
  }

  /** Asks for a connection. Neither throws nor rejects: who cannot be decided upon is not admitted. */
  ask(conn: Conn): boolean | Promise<boolean> {
    const arrival: Arrival = { remoteAddr: conn.remoteAddr };
    try {
      const answer: unknown = this.#admit(arrival);
      return typeof answer === "boolean" ? answer : this.#wait(answer, arrival);
    } catch (error) {
      this.#onFailed(arrival, error);
      return false;
    }
  }

  /** Tells that a connection which was admitted is over. Does not throw. */
  release(conn: Conn): void {
    const arrival: Arrival = { remoteAddr: conn.remoteAddr };
    try {
      this.#onReleased(arrival);
    } catch (error) {
      this.#onFailed(arrival, error);
    }
  }

  async #wait(answer: unknown, arrival: Arrival): Promise<boolean> {
    try {
      const settled = await answer;
      if (typeof settled === "boolean") return settled;
      throw new TypeError(
        `Cannot admit ${String(arrival.remoteAddr)}: expected true or false, not a ${typeof settled}`,
      );
    } catch (error) {
      this.#onFailed(arrival, error);
      return false;
    }
  }
}
