import { readHeapSnapshot } from "../inspect/heap-snapshot.js";
import {
  type ConnectionQuery,
  DEFAULT_TASKS,
  type Gathered,
  type HostView,
  type WorkerStatus,
} from "../inspect/host-view.js";
import { mergeConnections } from "../inspect/list-connections.js";
import { NoAnswerError } from "../inspect/no-answer-error.js";
import { ProfileBusyError } from "../inspect/profile-busy-error.js";
import type { QuestionName, WorkerQuestions } from "./messages.js";
import type { WorkerProcess } from "./worker-process.js";

/** How long a worker may take for what it has at hand, and on top of what it measures. Milliseconds. */
const STATUS_PATIENCE = 1000;
const PATIENCE = 3000;
const PROFILE_PATIENCE = 30_000;
const SNAPSHOT_PATIENCE = 120_000;

/** The parts of a host's view that its workers answer. One that ends meanwhile is left out, one that does not answer named. */
export type WorkersView = Omit<HostView, "status">;

/** @param workers those there are, asked each time. */
export function viewWorkers(workers: () => readonly WorkerProcess[]): WorkersView {
  return {
    connections: async (query: ConnectionQuery = {}) => {
      const { results, ...rest } = await askAll(workers(), "connections", query, { timeout: PATIENCE });
      return { ...mergeConnections(results, query), ...rest };
    },
    tasks: async (limit = DEFAULT_TASKS) => {
      const { results, ...rest } = await askAll(workers(), "tasks", { limit }, { timeout: PATIENCE });
      const tasks = results.flatMap((page) => page.tasks).sort((a, b) => a.startedAt - b.startedAt);
      return { total: results.reduce((sum, { total }) => sum + total, 0), tasks, ...rest };
    },
    cpuProfile: async (duration, signal) => {
      const options = { timeout: duration + PROFILE_PATIENCE, signal };
      const { results, ...rest } = await askAll(workers(), "cpuProfile", { duration }, options);
      return { profiles: results, ...rest };
    },
    heapProfile: async (kind) => {
      const { results, ...rest } = await askAll(workers(), "heapProfile", { kind }, { timeout: PROFILE_PATIENCE });
      return { profiles: results, ...rest };
    },
    heapSnapshot: async (number) => {
      const worker = await findAnswering(workers(), number);
      const { path } = await worker.ask("heapSnapshot", {}, { timeout: SNAPSHOT_PATIENCE });
      return readHeapSnapshot(path);
    },
  };
}

/**
 * Resets one connection, whichever worker has it.
 *
 * @returns whether one had it.
 * @throws {NoAnswerError} when none had it, and one that may have it does not answer.
 */
export async function kick(workers: readonly WorkerProcess[], connection: string): Promise<boolean> {
  const { results, missing = [] } = await askAll(workers, "kick", { connection }, { timeout: PATIENCE });
  if (results.includes(true)) return true;
  if (missing.length === 0) return false;
  const [who, verb] = missing.length === 1 ? ["worker", "does"] : ["workers", "do"];
  const others = results.length === 0 ? "" : ", and no other has it";
  throw new NoAnswerError(`Cannot kick "${connection}": ${who} ${missing.join(", ")} ${verb} not answer${others}`);
}

/** Has each worker tell of itself anew; what one that does not answer told last, stands. */
export async function refresh(workers: readonly WorkerProcess[]): Promise<void> {
  // One that is stuck would hold up every look at the others.
  const asked = workers.filter(({ isMute, state }) => !isMute && state !== "starting");
  await Promise.allSettled(
    asked.map(async (worker) => {
      worker.snapshot = await worker.ask("status", {}, { timeout: STATUS_PATIENCE });
    }),
  );
}

/** A worker as it last told; `null` when it has not yet. */
export function describeWorker(worker: WorkerProcess): WorkerStatus | null {
  const { snapshot, number, generation, isMute, connections } = worker;
  const state = isMute ? "stuck" : worker.state;
  return snapshot === null ? null : { ...snapshot.process, number, generation, state, connections };
}

/** What workers have answered, and who has not. */
interface Answers<T> extends Gathered {
  readonly results: readonly T[];
}

/** @throws when none is left to answer, or one said that a profile is being measured, or `signal` is aborted. */
async function askAll<Name extends QuestionName>(
  workers: readonly WorkerProcess[],
  name: Name,
  params: WorkerQuestions[Name]["params"],
  options: { readonly timeout: number; readonly signal?: AbortSignal | undefined },
): Promise<Answers<WorkerQuestions[Name]["result"]>> {
  const asked = workers.filter(({ isMute, state }) => !isMute && state !== "starting");
  const silent = new Set(workers.filter(({ isMute }) => isMute));
  const outcomes = await Promise.allSettled(asked.map((worker) => worker.ask(name, params, options)));
  options.signal?.throwIfAborted();
  const results: WorkerQuestions[Name]["result"][] = [];
  const errors: Error[] = [];
  for (const [at, outcome] of outcomes.entries()) {
    if (outcome.status === "fulfilled") results.push(outcome.value);
    else if (outcome.reason instanceof NoAnswerError) silent.add(asked[at] as WorkerProcess);
    else errors.push(outcome.reason as Error);
  }
  const busy = errors.find((error) => error.name === "ProfileBusyError" || error instanceof RangeError);
  if (busy !== undefined) throw busy instanceof RangeError ? busy : new ProfileBusyError(busy.message);
  const [first] = errors;
  if (results.length === 0 && silent.size === 0 && first !== undefined) throw first;
  const missing = workers.filter((worker) => silent.has(worker) && !worker.isGone).map(({ number }) => number);
  return { results, ...(missing.length > 0 && { missing }) };
}

/** The worker of a number, or the first one, that answers now: what is stuck would be waited for in vain. */
async function findAnswering(workers: readonly WorkerProcess[], number: number | undefined): Promise<WorkerProcess> {
  const wanted = workers.filter((worker) =>
    number === undefined ? worker.state !== "starting" : worker.number === number,
  );
  if (wanted.length === 0) {
    const numbers = workers.map((each) => each.number).join(", ");
    throw new RangeError(`Cannot take a snapshot of worker ${number ?? 1}: there are ${numbers || "none"}`);
  }
  for (const worker of wanted) if (await answers(worker)) return worker;
  const [what, who] = number === undefined ? ["", "no worker answers"] : [` of worker ${number}`, "it does not answer"];
  throw new NoAnswerError(`Cannot take a snapshot${what}: ${who}`);
}

async function answers(worker: WorkerProcess): Promise<boolean> {
  if (worker.isMute) return false;
  try {
    await worker.ask("status", {}, { timeout: PATIENCE });
    return true;
  } catch (error) {
    if (error instanceof NoAnswerError) return false;
    throw error;
  }
}
