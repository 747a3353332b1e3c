import { availableParallelism } from "node:os";
import type { Writable } from "node:stream";
import type { AcceptedConfig } from "../config/accepted-config.js";
import type { ConfigSource } from "../config/source/config-source.js";
import type { Log } from "../log/log.js";
import { PrintLog } from "../log/print-log.js";
import { atMost } from "./at-most.js";
import { Crew } from "./crew.js";
import { endStuck } from "./end-stuck.js";
import type { Ending } from "./messages.js";
import type { LookAtInherited } from "./inherited-sockets.js";
import type { Precedence } from "./precedence.js";
import { type SocketChange, SocketSet } from "./socket-set.js";
import { Staff } from "./staff.js";
import type { WorkerProcess } from "./worker-process.js";

/** What generations are made with. */
export interface GenerationsParts {
  readonly source: ConfigSource;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
  /** Where the log goes. */
  readonly stderr: Writable;
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
  readonly #staff: Staff;
  readonly #suspended = new Set<string>();
  /** All that have a worker left, the newest last. */
  readonly #crews = new Set<Crew>();
  #current: Crew | null = null;
  #addresses: Readonly<Record<string, readonly string[]>> = {};
  #generation = 0;
  #isDraining = false;

  constructor(parts: GenerationsParts) {
    this.#parts = parts;
    this.#sockets = new SocketSet(parts.inherited);
    this.#staff = new Staff(parts.env, parts.log);
  }

  get generation(): number {
    return this.#generation;
  }

  /** What is known of workers whatever their generation. */
  get staff(): Pick<Staff, "crashes" | "startFailures" | "departed"> {
    return this.#staff;
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
      const printLog = config.plan.logFormat === "json" ? await PrintLog.create(this.#parts.stderr) : null;
      const crew = this.#createCrew(config, sockets, printLog);
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
    this.#leave();
    const closed = this.#sockets.close();
    const stopped = [...this.#crews].map((crew) => crew.drain(timeout));
    if (timeout > 0) this.#killAfter(timeout + SLACK);
    await Promise.all([closed, atMost(Promise.all(stopped), HASTE)]);
  }

  /** Ends all at once. */
  close(): void {
    this.#leave();
    void this.#sockets.close();
    for (const crew of this.#crews) crew.close();
    this.#killAfter(HASTE);
  }

  /** Resolves when no worker is left, after `drain` or `close`: how it went. */
  async ended(): Promise<Ending> {
    while (this.#crews.size > 0) await Promise.all([...this.#crews].map((crew) => crew.gone));
    await this.#sockets.close();
    return this.#staff.ending;
  }

  #leave(): void {
    this.#isDraining = true;
    this.#staff.leave();
  }

  async #startCrew(crew: Crew, old: Crew | null): Promise<void> {
    this.#checkStays();
    this.#crews.add(crew);
    void crew.gone.then(() => this.#crews.delete(crew));
    await crew.load();
    this.#checkStays(crew);
    this.#staff.limit(crew.plan);
    // Where sockets cannot be shared, the old workers have to let go of theirs first.
    if (!this.#sockets.canShare && old !== null) await this.#handOver(old);
    try {
      this.#addresses = await crew.serve();
    } catch (error) {
      if (old !== null) this.#staff.limit(old.plan);
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

  #createCrew({ plan, accepted }: AcceptedConfig, { sockets }: SocketChange, printLog: PrintLog | null): Crew {
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
      spawn: () => this.#staff.hire({ plan, accepted, generation, sockets, source: this.#parts.source, printLog }),
      serveMessage: () => ({ type: "serve", suspended: [...this.#suspended], addresses: this.#addresses }),
      onServe: (worker) => this.#staff.admit(worker, plan),
      onCrash: (worker, how, delay) => this.#staff.lose(worker, how, delay),
      onReplaced: ({ number, pid }) => {
        this.#parts.log.write("info", `worker ${number} serves (process ${pid})`, {
          event: "replaced",
          worker: number,
        });
      },
    });
  }

  async #askAll(name: "suspend" | "resume", service: string): Promise<void> {
    // One that ends meanwhile serves nobody, and who takes its place is told when it starts.
    await Promise.allSettled(this.workers.map((worker) => worker.ask(name, { service }, { timeout: HASTE })));
  }

  #killAfter(delay: number): void {
    setTimeout(() => this.#crews.forEach((crew) => crew.kill()), delay).unref();
  }
}
