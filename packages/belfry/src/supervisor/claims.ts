import type { Service } from "@belfry/server";
import type { ClaimAnswer, WorkerMessage } from "./messages.js";

/** What an FTP client is told that cannot be served (RFC 959 §4.2.2, 421). */
const APOLOGIES: Readonly<Record<Exclude<ClaimAnswer, "granted">, string>> = {
  full: "421 Too many sessions: try again later\r\n",
  address: "421 Too many sessions from this address\r\n",
};

/** This worker's questions to the supervisor for connections that count over all workers. */
export class Claims {
  readonly #send: (message: WorkerMessage) => void;
  readonly #pending = new Map<number, (answer: ClaimAnswer) => void>();
  #count = 0;
  #isClosed = false;

  constructor(send: (message: WorkerMessage) => void) {
    this.#send = send;
  }

  /**
   * @param hasPlace whether it claims one of the service's places, besides counting for its address.
   * @returns what the supervisor says; `"full"` once it is gone. A claim that was granted is to be released.
   */
  claim(service: string, address: string, hasPlace: boolean): Promise<ClaimAnswer> {
    if (this.#isClosed) return Promise.resolve("full");
    const id = ++this.#count;
    return new Promise((resolve) => {
      this.#pending.set(id, resolve);
      this.#send({ type: "claim", id, service, address, hasPlace });
    });
  }

  /** @param hasPlace as it was claimed. */
  release(service: string, address: string, hasPlace: boolean): void {
    this.#send({ type: "release", service, address, hasPlace });
  }

  answer(id: number, answer: ClaimAnswer): void {
    const resolve = this.#pending.get(id);
    this.#pending.delete(id);
    resolve?.(answer);
  }

  /** Nobody is left to answer. */
  close(): void {
    this.#isClosed = true;
    for (const id of this.#pending.keys()) this.answer(id, "full");
  }
}

/** A service that turns away by itself who is one too many, with its limits counted over all workers. */
export function claimSessions(service: Service, name: string, claims: Claims): Service {
  return async (conn, context) => {
    const { host } = conn.remoteAddr;
    const answer = await claims.claim(name, host, true);
    if (answer !== "granted") {
      await conn.write(APOLOGIES[answer]);
      return;
    }
    try {
      await service(conn, context);
    } finally {
      claims.release(name, host, true);
    }
  };
}
