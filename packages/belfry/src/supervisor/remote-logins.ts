import type { LoginCounts } from "@belfry/ftp";
import { BanTable } from "./ban-table.js";
import { LoginQuestions } from "./login-questions.js";
import type { BannedMessage, LoginAnswerMessage, WorkerMessage } from "./messages.js";
import { type BanTables, remoteCounts } from "./remote-counts.js";
import { MAX_KEYS } from "./strike-ledger.js";

/** The logins to this worker's services, which the supervisor counts. */
export class RemoteLogins {
  readonly #questions: LoginQuestions;
  /** By service: what the supervisor has told. */
  readonly #bans = new Map<string, BanTables>();

  constructor(send: (message: WorkerMessage) => void) {
    this.#questions = new LoginQuestions(send);
  }

  /** @param processes workers that serve it. */
  countsOf(service: string, processes: number): LoginCounts {
    return remoteCounts({ service, processes, questions: this.#questions, bans: this.#bansOf(service) });
  }

  hear(message: BannedMessage | LoginAnswerMessage): void {
    if (message.type === "loginAnswer") return this.#questions.answer(message.id, message.answer);
    const bans = this.#bansOf(message.service)[message.kind];
    for (const [key, until] of message.bans) bans.add(key, until);
  }

  /** Nobody is left to answer. */
  close(): void {
    this.#questions.close();
  }

  #bansOf(service: string): BanTables {
    const known = this.#bans.get(service);
    if (known !== undefined) return known;
    const tables: BanTables = { address: new BanTable(MAX_KEYS), user: new BanTable(MAX_KEYS) };
    this.#bans.set(service, tables);
    return tables;
  }
}
