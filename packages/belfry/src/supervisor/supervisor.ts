import type { Writable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import type { AcceptedConfig } from "../config/accepted-config.js";
import type { ConfigSource } from "../config/source/config-source.js";
import type { HostPlan } from "../config/plan/host-plan.js";
import type { HostControls, HostStatus, HostView, ReloadStatus } from "../inspect/host-view.js";
import type { ChangingLog } from "../log/changing-log.js";
import { addressesOf } from "./addresses-of.js";
import { describeServices } from "./describe-services.js";
import { Front } from "./front.js";
import { Generations } from "./generations.js";
import type { LookAtInherited } from "./inherited-sockets.js";
import type { Ending } from "./messages.js";
import type { PlanReader } from "./plan-reader.js";
import { Precedence } from "./precedence.js";
import { describeWorker, kick, refresh, viewWorkers, type WorkersView } from "./view-workers.js";

/** What a supervisor is made with. */
export interface SupervisorParts {
  readonly source: ConfigSource;
  readonly config: AcceptedConfig;
  /** For the configurations that come. */
  readonly reader: Pick<PlanReader, "read">;
  readonly env: NodeJS.ProcessEnv;
  readonly log: ChangingLog;
  /** Where the log goes. */
  readonly stderr: Writable;
  readonly version: string;
  readonly inherited: LookAtInherited;
}

/** The host: has workers serve what is configured, shows what they do, and does what is asked. */
export class Supervisor implements HostView, HostControls {
  readonly connections: WorkersView["connections"];
  readonly tasks: WorkersView["tasks"];
  readonly cpuProfile: WorkersView["cpuProfile"];
  readonly heapProfile: WorkersView["heapProfile"];
  readonly heapSnapshot: WorkersView["heapSnapshot"];
  readonly #parts: SupervisorParts;
  readonly #generations: Generations;
  readonly #front: Front;
  readonly #precedence = new Precedence();
  readonly #startedAt = Date.now();
  /** Aborted when the host begins to go down. */
  readonly #ending = new AbortController();
  /** Aborted when it is to be at once. */
  readonly #haste = new AbortController();
  #plan: HostPlan;
  #state: HostStatus["state"] = "starting";
  #reloads: ReloadStatus = { succeeded: 0, failed: 0, lastAt: null, lastError: null };
  #turn: Promise<unknown> = Promise.resolve();
  /** The reload that waits for its turn. */
  #next: Promise<void> | null = null;
  #onDrain: () => void = () => {};
  readonly #drainAsked = new Promise<void>((resolve) => (this.#onDrain = resolve));

  constructor(parts: SupervisorParts) {
    const { source, env, log, stderr, inherited } = parts;
    this.#parts = parts;
    this.#plan = parts.config.plan;
    this.#generations = new Generations({ source, env, log, stderr, inherited, precedence: this.#precedence });
    this.#front = new Front(this, log);
    const view = viewWorkers(() => this.#generations.workers);
    this.connections = view.connections;
    this.tasks = view.tasks;
    this.cpuProfile = view.cpuProfile;
    this.heapProfile = view.heapProfile;
    this.heapSnapshot = view.heapSnapshot;
  }

  get isStarting(): boolean {
    return this.#state === "starting";
  }

  get isDraining(): boolean {
    return this.#state === "draining";
  }

  get plan(): HostPlan {
    return this.#plan;
  }

  /** Where each service listens. */
  get addresses(): Readonly<Record<string, readonly string[]>> {
    return this.#generations.addresses;
  }

  get debugAddr(): string | null {
    return this.#front.debugAddr;
  }

  /** Binds, starts the workers and waits until all serve. @throws why it cannot; nothing of it is left then. */
  async start(): Promise<void> {
    const installed = this.#install(this.#parts.config);
    // Who asks for a reload meanwhile gets one after it.
    this.#turn = installed.catch(() => {});
    try {
      await installed;
      if (this.#state === "starting") this.#state = "serving";
    } catch (error) {
      this.#generations.close();
      await this.#generations.ended();
      await this.#front.close();
      throw error;
    }
  }

  /** Resolves when the host has gone down, after `drain` or `close`: how it went. */
  async run(): Promise<Ending> {
    await this.#drainAsked;
    const { log } = this.#parts;
    const { drainDelay, shutdownTimeout } = this.#plan;
    if (drainDelay > 0) {
      log.write("info", `not ready any more; accepting for ${drainDelay} ms`, { event: "unready", delay: drainDelay });
      // Not when all is to end at once.
      await pause(drainDelay, undefined, { signal: this.#haste.signal }).catch(() => {});
    }
    if (!this.#haste.signal.aborted) await this.#generations.drain(shutdownTimeout);
    log.write("info", "shutting down");
    const ending = await this.#generations.ended();
    await this.#turn;
    await this.#front.close(ending);
    return ending;
  }

  reload(): Promise<void> {
    // One that has not begun yet will read what is there for all who have asked by then.
    this.#next ??= this.#turn.then(() => {
      this.#next = null;
      return this.#reload();
    });
    this.#turn = this.#next.catch(() => {});
    return this.#next;
  }

  drain(): void {
    if (this.#state === "draining") return;
    // There is nobody to wait for.
    if (this.#state === "starting") this.#generations.close();
    this.#state = "draining";
    this.#ending.abort(new Error("The host is going down"));
    this.#onDrain();
  }

  /** Goes down at once. */
  close(): void {
    this.drain();
    this.#haste.abort();
    this.#generations.close();
  }

  suspend(service: string): Promise<void> {
    this.#checkService("suspend", service);
    this.#parts.log.write("info", `${service} suspended`, { event: "suspended", service });
    return this.#generations.suspend(service);
  }

  resume(service: string): Promise<void> {
    this.#checkService("resume", service);
    this.#parts.log.write("info", `${service} resumed`, { event: "resumed", service });
    return this.#generations.resume(service);
  }

  kick(connection: string): Promise<boolean> {
    return kick(this.#generations.workers, connection);
  }

  async status(): Promise<HostStatus> {
    const generations = this.#generations;
    await refresh(generations.workers);
    const { workers, staff, generation, current } = generations;
    return {
      version: this.#parts.version,
      pid: process.pid,
      node: process.version,
      startedAt: this.#startedAt,
      state: this.#state,
      isReady: this.#state === "serving" && generations.isServing,
      generation,
      config: this.#plan.file,
      crashes: staff.crashes,
      startFailures: staff.startFailures,
      reloads: this.#reloads,
      services: describeServices(current?.plan ?? this.#plan, generations),
      plannedWorkers: current?.count ?? 0,
      nextStartAt: current?.nextStartAt ?? null,
      workers: workers.flatMap((worker) => describeWorker(worker) ?? []),
    };
  }

  async #reload(): Promise<void> {
    const { log } = this.#parts;
    try {
      if (this.#state !== "serving") throw new Error(`Cannot reload: the host is ${this.#state}`);
      log.write("info", "reloading");
      let planner: number | undefined;
      const source: ConfigSource = { ...this.#parts.source, served: this.#plan.file };
      const read = this.#parts.reader.read(source, {
        signal: this.#ending.signal,
        onStarted: (pid) => (planner = pid),
      });
      this.#precedence.lower(planner, read);
      await this.#install(await read);
      this.#reloads = { ...this.#reloads, succeeded: this.#reloads.succeeded + 1, lastAt: Date.now(), lastError: null };
      log.write("info", `reloaded: generation ${this.#generations.generation} serves`, { event: "reloaded" });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#reloads = { ...this.#reloads, failed: this.#reloads.failed + 1, lastAt: Date.now(), lastError: text };
      log.write("error", `Cannot reload, nothing has changed: ${text}`, { event: "reloadFailed", error: text });
      throw error;
    }
  }

  async #install(config: AcceptedConfig): Promise<void> {
    const { plan } = config;
    const before = this.#generations.addresses;
    await this.#generations.install(config, () => this.#front.change(plan));
    this.#plan = plan;
    await this.#parts.log.change(plan.logFormat, plan.logLevel);
    for (const { name } of plan.services) {
      for (const address of addressesOf(this.#generations.addresses, name)) {
        if (addressesOf(before, name).includes(address)) continue;
        this.#parts.log.write("info", `listening on ${address}`, { service: name, address });
      }
    }
    this.#front.announce();
  }

  #checkService(verb: string, service: string): void {
    if (this.#plan.services.some(({ name }) => name === service)) return;
    throw new RangeError(`Cannot ${verb} "${service}": no such service`);
  }
}
