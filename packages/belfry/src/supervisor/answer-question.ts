import { rm } from "node:fs/promises";
import type { QuestionName, WorkerQuestions } from "./messages.js";
import type { ServedConfig } from "./serve-config.js";

/** What a worker answers from. */
export interface Answers {
  readonly served: ServedConfig;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

type Table = {
  readonly [Name in QuestionName]: (
    answers: Answers,
    params: WorkerQuestions[Name]["params"],
  ) => WorkerQuestions[Name]["result"] | Promise<WorkerQuestions[Name]["result"]>;
};

const TABLE: Table = {
  status: ({ served }) => served.snapshot(),
  connections: ({ served }, query) => served.inspector.connections(query),
  tasks: ({ served }, { limit }) => served.inspector.tasks(limit),
  cpuProfile: ({ served, signal }, { duration }) => served.inspector.cpuProfile(duration, signal),
  heapProfile: ({ served }, { kind }) => served.inspector.heapProfile(kind),
  heapSnapshot: async ({ served, signal }) => {
    const path = await served.inspector.writeHeapSnapshot();
    // Everything this process knows is in it, and nobody is left to remove it.
    if (signal.aborted) await rm(path, { force: true });
    return { path };
  },
  suspend: ({ served }, { service }) => {
    for (const server of served.servers(service)) server.suspend();
    return null;
  },
  resume: ({ served }, { service }) => {
    for (const server of served.servers(service)) server.resume();
    return null;
  },
  kick: ({ served }, { connection }) => served.servers().some((server) => server.kick(connection)),
};

/** Answers one question of the supervisor's. */
export async function answerQuestion(answers: Answers, name: QuestionName, params: unknown): Promise<unknown> {
  // Each entry takes the parameters of its own name; the channel's two ends are of one version.
  const answer = TABLE[name] as (answers: Answers, params: unknown) => unknown;
  return answer(answers, params);
}
