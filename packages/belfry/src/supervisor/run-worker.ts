import type { Writable } from "node:stream";
import { isDeepStrictEqual } from "node:util";
import type { HostPlan } from "../config/plan/host-plan.js";
import { loadAccepted } from "../config/accepted-config.js";
import type { LoadOptions } from "../config/load-config.js";
import type { LoadedConfig } from "../config/loaded-config.js";
import { createLog } from "../log/create-log.js";
import type { Log, LogFormat } from "../log/log.js";
import { openDescriptor } from "../log/open-descriptor.js";
import { answerQuestion, type Answers } from "./answer-question.js";
import { atMost } from "./at-most.js";
import { Claims } from "./claims.js";
import { endChild } from "./end-child.js";
import type { ServeMessage, SupervisorMessage, WorkerMessage, WorkerStart } from "./messages.js";
import { RemoteLogins } from "./remote-logins.js";
import { reportThrown } from "./report-thrown.js";
import { type ServedConfig, serveConfig } from "./serve-config.js";
import { LOG_DESCRIPTOR } from "./worker-sockets.js";

/** A worker, by what it is told. */
export interface Worker {
  hear(message: SupervisorMessage): void;
  /** The supervisor has gone: what is under way ends, and then the process. */
  orphan(): void;
}

const TALLY_INTERVAL = 1000;
/** For handshakes under way, where connections have no time after a reload. */
const LEAST_GRACE = 3000;

/** Runs the services of a configuration in this process, as the supervisor says. */
export function runWorker(send: (message: WorkerMessage) => void): Worker {
  return new WorkerLife(send);
}

class WorkerLife implements Worker {
  readonly #send: (message: WorkerMessage) => void;
  readonly #claims: Claims;
  readonly #logins: RemoteLogins;
  readonly #asked = new Map<number, AbortController>();
  #start: WorkerStart | null = null;
  #logStream: Writable = process.stderr;
  #log: Log | null = null;
  #config: LoadedConfig | null = null;
  #served: ServedConfig | null = null;
  #tally: NodeJS.Timeout | undefined;
  #isEnding = false;

  constructor(send: (message: WorkerMessage) => void) {
    this.#send = send;
    this.#claims = new Claims(send);
    this.#logins = new RemoteLogins(send);
  }

  hear(message: SupervisorMessage): void {
    switch (message.type) {
      case "start":
        return this.#run(this.#load(message));
      case "serve":
        return this.#run(this.#serve(message));
      case "question":
        return void this.#answer(message.id, message.name, message.params);
      case "cancel":
        return this.#asked.get(message.id)?.abort(new Error("Not asked for any more"));
      case "grant":
        return this.#served?.places(message)?.grant(message.count);
      case "recall":
        return this.#served?.places(message)?.recall(message.isOn);
      case "claimed":
        return this.#claims.answer(message.id, message.answer);
      case "loginAnswer":
      case "banned":
        return this.#logins.hear(message);
      case "handOver":
        return this.#run(this.#handOver(message.grace, message.timeout));
      case "drain":
        return this.#run(this.#drain(message.timeout));
      case "close":
        for (const server of this.#served?.servers() ?? []) this.#run(server.close());
        return this.#run(this.#drain(0));
    }
  }

  orphan(): void {
    this.#claims.close();
    this.#logins.close();
    this.#run(this.#drain(this.#start?.plan.shutdownTimeout ?? 0));
  }

  /** What goes wrong on the way ends this process. */
  #run(step: Promise<void>): void {
    step.catch((error: unknown) => this.#fail(error));
  }

  async #load(start: WorkerStart): Promise<void> {
    this.#start = start;
    const { logFormat: format, logLevel } = start.plan;
    this.#logStream = openLog(format);
    this.#log = await createLog(format, logLevel, this.#logStream);
    const tell = (what: string): void => this.#send({ type: "thrown", what });
    reportThrown({ worker: start.number, format, log: this.#log, tell });
    const { workers } = start.plan;
    this.#config = await load(start, {
      onLoading: (path) => this.#send({ type: "loading", path }),
      loginCounts: (service) => this.#logins.countsOf(service, workers),
    });
    this.#send({ type: "loaded" });
  }

  async #serve({ suspended, addresses }: ServeMessage): Promise<void> {
    const [start, config] = [this.#start as WorkerStart, this.#config as LoadedConfig];
    const log = this.#log as Log;
    const around = { start, log, claims: this.#claims, send: this.#send, suspended, addresses };
    const served = await serveConfig(config, around);
    this.#served = served;
    this.#tally = setInterval(() => this.#send({ type: "tally", snapshot: served.snapshot() }), TALLY_INTERVAL).unref();
    this.#send({ type: "tally", snapshot: served.snapshot() });
    this.#send({ type: "ready", addresses: served.addresses });
  }

  async #answer(id: number, name: Parameters<typeof answerQuestion>[1], params: unknown): Promise<void> {
    const cancelled = new AbortController();
    this.#asked.set(id, cancelled);
    try {
      if (this.#served === null) throw new Error(`Cannot answer ${name}: the worker is starting`);
      const around: Answers = { served: this.#served, signal: cancelled.signal };
      this.#send({ type: "answer", id, result: await answerQuestion(around, name, params) });
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      this.#send({ type: "refusal", id, error: { name: error.name, message: error.message } });
    } finally {
      this.#asked.delete(id);
    }
  }

  async #handOver(grace: number, timeout: number): Promise<void> {
    const served = this.#served;
    if (served === null) return this.#drain(timeout);
    const until = performance.now() + grace;
    const taken = served.stopAccepting();
    this.#send({ type: "stopped" });
    // Those who wait for a suspended service are taken when it is resumed, and that may never be.
    await atMost(taken, Math.max(grace, LEAST_GRACE));
    await served.quiet(Math.max(0, until - performance.now()));
    await this.#drain(timeout);
  }

  async #drain(timeout: number): Promise<void> {
    const served = this.#served;
    if (served === null) return this.#end({ drained: 0, cut: 0 });
    const outcome = served.shutdown(timeout);
    this.#send({ type: "stopped" });
    const ending = await outcome;
    await this.#config?.written();
    return this.#end(ending);
  }

  #end(outcome: { readonly drained: number; readonly cut: number }): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    clearInterval(this.#tally);
    const services = this.#served?.snapshot().services ?? [];
    this.#served?.close();
    const message: WorkerMessage = { type: "ended", services, ...outcome };
    endChild(message, 0, this.#logStream);
  }

  #fail(error: unknown): void {
    const message: WorkerMessage = { type: "failed", message: error instanceof Error ? error.message : String(error) };
    endChild(message, 1, this.#logStream);
  }
}

/** What modules print must not stand between lines for machines: there the supervisor reads it, and the log goes by itself. */
function openLog(format: LogFormat): Writable {
  if (format === "text") return process.stderr;
  // Who read it may have gone. That is no reason to end connections.
  return openDescriptor(LOG_DESCRIPTOR).on("error", () => {});
}

async function load(
  { number, source, plan, accepted }: WorkerStart,
  options: Pick<LoadOptions, "onLoading" | "loginCounts">,
): Promise<LoadedConfig> {
  if (accepted !== null) return loadAccepted(plan, accepted, { env: process.env, ...options });
  const { loadConfig } = await import("../config/load-config.js");
  const config = await loadConfig({ ...source, served: plan.file }, process.env, options);
  if (isSame(config.plan, plan)) return config;
  const file = config.plan.file ?? "the configuration";
  throw new Error(`Cannot start worker ${number}: ${file} has changed since it was loaded: reload`);
}

/** Whether two plans ask for the same services, at the same places. */
function isSame(a: HostPlan, b: HostPlan): boolean {
  return isDeepStrictEqual(a.services, b.services);
}
