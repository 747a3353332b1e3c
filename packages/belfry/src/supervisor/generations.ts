import { availableParallelism } from "node:os";
import type { AcceptedConfig } from "../config/accepted-config.js";
import type { ConfigSource } from "../config/source/config-source.js";
import type { ServiceStatus } from "../inspect/host-view.js";
import type { Log } from "../log/log.js";
import { atMost } from "./at-most.js";
import { Books } from "./books.js";
import { Crew } from "./crew.js";
import { Departed } from "./departed.js";
import { endStuck } from "./end-stuck.js";
import { logCrash } from "./log-crash.js";
import type { Ending } from "./messages.js";
import type { LookAtInherited } from "./inherited-sockets.js";
import type { Precedence } from "./precedence.js";
import { type SocketChange, SocketSet } from "./socket-set.js";
import { watchAnswers } from "./watch-answers.js";
import { type WorkerOptions, WorkerProcess } from "./worker-process.js";

/** What generations are made with. */
export interface GenerationsParts {
  readonly source: ConfigSource;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
  readonly precedence: Precedence;
  readonly inherited: LookAtInherited;
}

/** A step that is made final, or taken back. */
export interface Change {
  commit(): Promise<void>;
  revert(): Promise<void>;
}

/** Old generations that are kept for their connections; the oldest beyond them is told at once. */
const MAX_OLD = 4;
/** How long a worker may take beyond its time before it is killed. */
const SLACK = 5000;
const HASTE = 1000;

/** The configurations the host serves: the newest one, and old ones whose connections have not all ended. */
export class Generations {
  readonly #parts: GenerationsParts;
  readonly #sockets: SocketSet;
  readonly #books = new Books();
  readonly #departed = new Departed();
  readonly #suspended = new Set<string>();
  /** All that have a worker left, the newest last. */
  readonly #crews = new Set<Crew>();
  #current: Crew | null = null;
  #addresses: Readonly<Record<string, readonly string[]>> = {};
  #generation = 0;
  #workers = 0;
  #crashes = 0;
  #startFailures = 0;
  #ending: Ending = { drained: 0, cut: 0 };
  #isDraining = false;

  constructor(parts: GenerationsParts) {
    this.#parts = parts;
    this.#sockets = new SocketSet(parts.inherited);
  }

  get generation(): number {
    return this.#generation;
  }

  /** Workers that served and ended unasked. */
  get crashes(): number {
    return this.#crashes;
  }

  /** Workers that were to take the place of such a one and could not start. */
  get startFailures(): number {
    return this.#startFailures;
  }

  /** Those of the newest configuration that serves; `null` before there is one. */
  get current(): Crew | null {
    return this.#current;
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** Where each service listens. */
  get addresses(): Readonly<Record<string, readonly string[]>> {
    return this.#addresses;
  }

  get suspended(): ReadonlySet<string> {
    return this.#suspended;
  }

  /** What workers that have ended had counted. */
  get departed(): readonly ServiceStatus[] {
    return this.#departed.services;
  }

  /** All there are, those of the newest generation first. */
  get workers(): readonly WorkerProcess[] {
    return [...this.#crews].toReversed().flatMap((crew) => crew.workers);
  }

  /** Whether every service is served. */
  get isServing(): boolean {
    return this.#current?.workers.some(({ state, isMute }) => state === "serving" && !isMute) === true;
  }

  /**
   * Has new workers serve `config`, and then the old ones accept no more and end with their connections.
   *
   * @param prepare what else is to change, once all sockets are bound.
   * @throws when anything of it fails; everything is as it was then.
   */
  async install(config: AcceptedConfig, prepare: () => Promise<Change>): Promise<void> {
    const old = this.#current;
    const done: Change[] = [];
    try {
      const sockets = await this.#sockets.change(config.plan);
      done.push(sockets);
      done.push(await prepare());
      const crew = this.#createCrew(config, sockets);
      await this.#startCrew(crew, old);
    } catch (error) {
      for (const change of done.toReversed()) await change.revert();
      throw error;
    }
    // Sockets that are not needed any more first, so that their dials are refused once the old workers let go.
    await Promise.all([done[0]?.commit(), old === null ? null : this.#handOver(old)]);
    await done[1]?.commit();
  }

  /** @returns once no worker serves anybody new of that service. */
  async suspend(service: string): Promise<void> {
    this.#suspended.add(service);
    await this.#askAll("suspend", service);
  }

  async resume(service: string): Promise<void> {
    this.#suspended.delete(service);
    await this.#askAll("resume", service);
  }

  /** Goes down. Resolves once dials are refused. @param timeout milliseconds; 0 is as long as it takes. */
  async drain(timeout: number): Promise<void> {
    this.#isDraining = true;
    const closed = this.#sockets.close();
    const stopped = [...this.#crews].map((crew) => crew.drain(timeout));
    if (timeout > 0) this.#killAfter(timeout + SLACK);
    await Promise.all([closed, atMost(Promise.all(stopped), HASTE)]);
  }

  /** Ends all at once. */
  close(): void {
    this.#isDraining = true;
    void this.#sockets.close();
    for (const crew of this.#crews) crew.close();
    this.#killAfter(HASTE);
  }

  /** Resolves when no worker is left, after `drain` or `close`: how it went. */
  async ended(): Promise<Ending> {
    while (this.#crews.size > 0) await Promise.all([...this.#crews].map((crew) => crew.gone));
    await this.#sockets.close();
    return this.#ending;
  }

  async #startCrew(crew: Crew, old: Crew | null): Promise<void> {
    this.#checkStays();
    this.#crews.add(crew);
    void crew.gone.then(() => this.#crews.delete(crew));
    await crew.load();
    this.#checkStays(crew);
    this.#books.apply(crew.plan);
    // Where sockets cannot be shared, the old workers have to let go of theirs first.
    if (!this.#sockets.canShare && old !== null) await this.#handOver(old);
    try {
      this.#addresses = await crew.serve();
    } catch (error) {
      if (old !== null) this.#books.apply(old.plan);
      throw error;
    }
    this.#current = crew;
    this.#generation += 1;
  }

  #checkStays(crew?: Crew): void {
    if (!this.#isDraining) return;
    crew?.kill();
    throw new Error("Cannot start workers: the host is going down");
  }

  async #handOver(crew: Crew): Promise<void> {
    const { reloadGrace, shutdownTimeout } = crew.plan;
    endStuck(crew, reloadGrace + shutdownTimeout + SLACK, this.#parts.log);
    // To tell them at once would end connections that are busy, and drop what they are about to ask.
    const stopped = crew.handOver(reloadGrace, shutdownTimeout);
    const old = [...this.#crews].filter((other) => other !== this.#current && other !== crew);
    for (const oldest of old.slice(0, Math.max(0, old.length + 1 - MAX_OLD))) void oldest.drain(shutdownTimeout);
    // One that is stuck must not hold up what comes next; it has let go of nothing then.
    await atMost(stopped, SLACK);
  }

  #createCrew({ plan, accepted }: AcceptedConfig, { sockets }: SocketChange): Crew {
    const generation = this.#generation + 1;
    if (!this.#sockets.canShare && plan.workers > 1) {
      this.#parts.log.write("warn", `one worker serves instead of ${plan.workers}: sockets cannot be shared here`);
    }
    const isFirst = this.#current === null;
    return new Crew({
      plan,
      count: this.#sockets.canShare ? plan.workers : 1,
      // Starting costs processors that old workers serve with.
      startsAtOnce: isFirst ? plan.workers : Math.max(1, Math.floor(availableParallelism() / 2)),
      onLoading: ({ pid, exited }) => (isFirst ? () => {} : this.#parts.precedence.lowerFor(pid, exited)),
      spawn: () => this.#spawn({ plan, accepted, generation, sockets, source: this.#parts.source }),
      serveMessage: () => ({ type: "serve", suspended: [...this.#suspended], addresses: this.#addresses }),
      onServe: (worker) => this.#books.enter(worker, plan),
      onCrash: (worker, how, delay) => this.#crashed(worker, how, delay),
      onReplaced: ({ number, pid }) => {
        this.#parts.log.write("info", `worker ${number} serves (process ${pid})`, {
          event: "replaced",
          worker: number,
        });
      },
    });
  }

  #spawn(options: Omit<WorkerOptions, "number" | "isInspected">): WorkerProcess {
    const number = ++this.#workers;
    const isInspected = options.plan.debug !== null;
    const worker = new WorkerProcess({ ...options, number, isInspected }, this.#parts.env, (message) =>
      this.#books.hear(message, worker),
    );
    void this.#watch(worker);
    return worker;
  }

  async #watch(worker: WorkerProcess): Promise<void> {
    const answers = watchAnswers(worker, this.#parts.log);
    await worker.exited;
    clearInterval(answers);
    this.#books.leave(worker);
    this.#departed.add(worker.snapshot?.services ?? []);
    // What a crash or a reload has cost is not the end's business.
    if (!this.#isDraining) return;
    this.#ending = add(this.#ending, worker.ending ?? { drained: 0, cut: worker.connections });
  }

  #crashed(worker: WorkerProcess, how: string, delay: number): void {
    if (worker.hasServed) this.#crashes += 1;
    else this.#startFailures += 1;
    logCrash(this.#parts.log, worker, how, delay);
  }

  async #askAll(name: "suspend" | "resume", service: string): Promise<void> {
    // One that ends meanwhile serves nobody, and who takes its place is told when it starts.
    await Promise.allSettled(this.workers.map((worker) => worker.ask(name, { service }, { timeout: HASTE })));
  }

  #killAfter(delay: number): void {
    setTimeout(() => this.#crews.forEach((crew) => crew.kill()), delay).unref();
  }
}

function add(a: Ending, b: Ending): Ending {
  return { drained: a.drained + b.drained, cut: a.cut + b.cut };
}
