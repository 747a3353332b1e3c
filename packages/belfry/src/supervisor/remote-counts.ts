import type { BanList, BanRules, LoginCounts } from "@belfry/ftp";
import type { BanTable } from "./ban-table.js";
import type { LoginQuestions } from "./login-questions.js";
import type { BanKind } from "./messages.js";

/** Who is banned, as the supervisor tells its workers. */
export type BanTables = Readonly<Record<BanKind, BanTable>>;

/** What {@link remoteCounts} needs. */
export interface RemoteParts {
  readonly service: string;
  /** Workers that serve it. */
  readonly processes: number;
  readonly questions: LoginQuestions;
  readonly bans: BanTables;
}

/** Counts the logins of a service where the supervisor does, over all workers. */
export function remoteCounts(parts: RemoteParts): LoginCounts {
  const { service, processes, questions } = parts;
  return {
    processes,
    bans: (rules) => remoteBans(rules, parts),
    async enter(account, max) {
      const leave = (): void => questions.tell(service, { name: "left", account });
      if (max === Number.POSITIVE_INFINITY) {
        questions.tell(service, { name: "entered", account });
        return leave;
      }
      // Who is let in too late has been refused by then.
      const leaveIfIn = (answer: unknown): void => void (answer === true && leave());
      const answer = await questions.ask(service, { name: "enter", account, max }, leaveIfIn);
      return answer === true ? leave : null;
    },
  };
}

function remoteBans(rules: BanRules, { service, questions, bans }: RemoteParts): BanList {
  const { kind } = rules;
  return {
    has(key) {
      // A failure could not be counted: then no password is looked at.
      return questions.obstacle === null ? bans[kind].has(key) : Promise.reject(questions.obstacle);
    },
    async fail(key) {
      const until = await questions.ask(service, { name: "fail", rules, key });
      return typeof until === "number" ? until : null;
    },
    forgive(key) {
      questions.tell(service, { name: "forgive", kind, key });
      return null;
    },
  };
}
