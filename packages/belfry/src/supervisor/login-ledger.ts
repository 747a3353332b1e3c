import type { BanKind, BannedMessage, LoginAnswer, LoginNote, LoginQuestion } from "./messages.js";
import { StrikeLedger } from "./strike-ledger.js";
import { VisitLedger } from "./visit-ledger.js";

/** What a ledger needs of a worker. */
export interface LoginWorker {
  send(message: BannedMessage): void;
}

/**
 * The logins of one service over all workers: failures and bans, which outlive the workers that saw them, and the sessions of
 * each account, which do not.
 *
 * Every worker is told of every ban, so that none has to ask whether a client is banned.
 */
export class LoginLedger<Worker extends LoginWorker> {
  readonly #service: string;
  readonly #strikes = { address: new StrikeLedger(), user: new StrikeLedger() };
  /** By the account's name. */
  readonly #sessions = new VisitLedger<Worker>(Number.POSITIVE_INFINITY);
  readonly #workers = new Set<Worker>();

  constructor(service: string) {
    this.#service = service;
  }

  /** Sessions that are logged in. */
  get sessions(): number {
    return this.#sessions.total;
  }

  /** A worker is about to serve: it is told of the bans there are, and from now on. */
  enter(worker: Worker): void {
    this.#workers.add(worker);
    for (const kind of ["address", "user"] as const) {
      const bans = this.#strikes[kind].bans.list();
      if (bans.length > 0) worker.send(this.#banned(kind, bans));
    }
  }

  /** The worker has ended: its sessions are over. */
  leave(worker: Worker): void {
    this.#workers.delete(worker);
    this.#sessions.leave(worker);
  }

  /** What a worker asks. Who is to be told of a ban has been when this returns. */
  answer(question: LoginQuestion, worker: Worker): LoginAnswer {
    if (question.name === "enter") return this.#sessions.claim(worker, question.account, question.max);
    const { key, rules } = question;
    const until = this.#strikes[rules.kind].fail(key, rules);
    if (until === null) return null;
    for (const each of this.#workers) each.send(this.#banned(rules.kind, [[key, until]]));
    return until;
  }

  note(note: LoginNote, worker: Worker): void {
    switch (note.name) {
      case "forgive":
        return this.#strikes[note.kind].forgive(note.key);
      case "entered":
        return void this.#sessions.claim(worker, note.account);
      case "left":
        return this.#sessions.release(worker, note.account);
    }
  }

  #banned(kind: BanKind, bans: BannedMessage["bans"]): BannedMessage {
    return { type: "banned", service: this.#service, kind, bans };
  }
}
