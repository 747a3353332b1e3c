import type { Conn } from "@belfry/net";
import type { Admission } from "./admission.js";
import { Connection } from "./connection.js";
import type { ConnectionOwner } from "./connection.js";
import type { Tally } from "./counters.js";
import type { Emitter } from "./emitter.js";
import type { RefusalReason, ServerEvents } from "./events.js";
import type { Policy } from "./policy.js";
import { WaitingRoom } from "./waiting-room.js";

/** Who serves those that a reception lets in. */
export interface ReceptionOwner extends ConnectionOwner {
  /** How many more connections may be served now. */
  readonly freePlaces: number;
  /** @param waited milliseconds since it came. */
  serve(connection: Connection, waited: number): void;
}

/** What a reception is made of. */
export interface ReceptionParts {
  readonly admission: Admission;
  /** `null` when nobody is to be asked. */
  readonly policy: Policy | null;
  readonly emitter: Emitter<ServerEvents>;
  readonly tally: Tally;
  readonly maxWaiting: number;
}

/**
 * What a connection passes between its arrival and its service: admission, the user's policy and the waiting room.
 *
 * Who is refused on the way is reset, counted and told of here; what was booked for it is given back.
 */
export class Reception {
  readonly #owner: ReceptionOwner;
  readonly #parts: ReceptionParts;
  readonly #admission: Admission;
  readonly #policy: Policy | null;
  readonly #room: WaitingRoom<Connection>;
  /** Those for whom the policy has not answered yet. */
  readonly #undecided = new Set<Connection>();
  #isClosed = false;

  constructor(owner: ReceptionOwner, parts: ReceptionParts) {
    this.#owner = owner;
    this.#parts = parts;
    this.#admission = parts.admission;
    this.#policy = parts.policy;
    this.#room = new WaitingRoom(parts.maxWaiting);
  }

  /** How many are here: in the waiting room, or undecided. */
  get size(): number {
    return this.#room.size + this.#undecided.size;
  }

  /** Who is here, in the order of arrival, the undecided last. */
  *[Symbol.iterator](): IterableIterator<Connection> {
    yield* this.#room;
    yield* this.#undecided;
  }

  /** Takes in a connection that was accepted. */
  receive(conn: Conn): void {
    if (this.#isClosed) return this.#refuse(conn, "draining");
    const obstacle = this.#admission.admit(conn);
    if (obstacle !== null) {
      if (obstacle === "exhausted") this.#backOff();
      return this.#refuse(conn, obstacle === "exhausted" ? "descriptors" : obstacle);
    }
    const connection = new Connection(conn, this.#owner, this.#parts.tally.accepted);
    if (this.#policy === null) this.#admit(connection, false);
    else this.#ask(connection, this.#policy);
  }

  /** Serves those who wait, while there are places. */
  serveWaiting(): void {
    while (this.#owner.freePlaces > 0) {
      const connection = this.#room.next();
      if (connection === undefined) return;
      this.#owner.serve(connection, connection.age);
    }
  }

  /** Gives back what was booked for a connection that has been served. */
  release(conn: Conn): void {
    this.#admission.release(conn);
    this.#policy?.release(conn);
  }

  /** Turns away the connection of that id. @returns whether it was here. */
  kick(id: string): boolean {
    for (const connection of this) {
      if (connection.id !== id) continue;
      this.#turnAway(connection, "kicked");
      return true;
    }
    return false;
  }

  /** Turns away whoever is here, and from now on whoever comes. */
  close(): void {
    this.#isClosed = true;
    for (const connection of this) this.#turnAway(connection, "draining");
  }

  #ask(connection: Connection, policy: Policy): void {
    // Whoever is undecided will need a place or a seat. Nobody is asked about who could get neither.
    const seats = this.#room.capacity + Math.max(0, this.#owner.freePlaces);
    if (this.size >= seats) return this.#dismiss(connection, "full");
    const answer = policy.ask(connection.conn);
    if (answer === true) {
      this.#admit(connection, false);
    } else if (answer === false) {
      this.#dismiss(connection, "policy");
    } else {
      this.#undecided.add(connection);
      void this.#decide(connection, answer, policy);
    }
  }

  async #decide(connection: Connection, answer: Promise<boolean>, policy: Policy): Promise<void> {
    const isAdmitted = await answer;
    if (!this.#undecided.delete(connection)) {
      // It was turned away meanwhile, and its address given back already: only the policy still counts it.
      if (isAdmitted) policy.release(connection.conn);
      return;
    }
    if (isAdmitted) this.#admit(connection, true);
    else this.#dismiss(connection, "policy");
  }

  #admit(connection: Connection, hasWaited: boolean): void {
    // A hook or a listener may have shut the server down.
    if (this.#isClosed) return this.#expel(connection, "draining");
    if (this.#owner.freePlaces > 0 && this.#room.size === 0) {
      return this.#owner.serve(connection, hasWaited ? connection.age : 0);
    }
    if (!this.#room.enter(connection)) return this.#expel(connection, "full");
    void this.#watchDeparture(connection);
    const { emitter } = this.#parts;
    emitter.emit("waiting", () => ({ ...connection.party(), position: this.#room.size }));
  }

  async #watchDeparture(connection: Connection): Promise<void> {
    await connection.conn.closed;
    if (this.#room.leave(connection)) this.#expel(connection, "abandoned");
  }

  /** Refuses who is here. */
  #turnAway(connection: Connection, reason: RefusalReason): void {
    if (this.#room.leave(connection)) this.#expel(connection, reason);
    else if (this.#undecided.delete(connection)) this.#dismiss(connection, reason);
  }

  /** Refuses who was admitted. */
  #expel({ conn }: Connection, reason: RefusalReason): void {
    this.release(conn);
    this.#refuse(conn, reason);
  }

  /** Refuses who was not admitted by the policy, or not yet. */
  #dismiss({ conn }: Connection, reason: RefusalReason): void {
    this.#admission.release(conn);
    this.#refuse(conn, reason);
  }

  #refuse(conn: Conn, reason: RefusalReason): void {
    const { emitter, tally } = this.#parts;
    const { remoteAddr, proxy } = conn;
    tally.refused[reason]++;
    conn.abort();
    emitter.emit("refused", () => ({
      server: this.#owner.name,
      remoteAddr,
      proxyAddr: proxy?.remoteAddr,
      reason,
    }));
  }

  #backOff(): void {
    const { delay } = this.#admission;
    this.#parts.emitter.emit("backedOff", () => ({ server: this.#owner.name, shortage: "descriptors", delay }));
  }
}
