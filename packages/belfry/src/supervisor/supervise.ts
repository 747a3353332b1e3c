import type { ConfigSource } from "../config/source/config-source.js";
import type { HostPlan } from "../config/plan/host-plan.js";
import { createChangingLog } from "../log/changing-log.js";
import { createLog } from "../log/create-log.js";
import { EXIT } from "../exit-status.js";
import type { Io } from "../io.js";
import type { Log, LogFormat } from "../log/log.js";
import { readVersion } from "../version.js";
import { inheritedSockets } from "./inherited-sockets.js";
import { inLines } from "./in-lines.js";
import { PlanReader } from "./plan-reader.js";
import type { Supervisor } from "./supervisor.js";

/** What is told of a host once it serves. */
export interface RunningHost {
  readonly plan: HostPlan;
  /** Where each service listens, in the order of its plan. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
  /** Where the debug server listens; `null` when there is none. */
  readonly debugAddr: string | null;
}

/** The signals that end a host; the second one at once. */
const ENDING = [
  "SIGINT",
  "SIGTERM",
  "SIGQUIT",
  ...(process.platform === "win32" ? (["SIGBREAK"] as const) : []),
] as const;

/**
 * Runs the services of a configuration in workers until a signal or `belfry drain` ends them. SIGHUP loads it anew.
 *
 * The first SIGINT, SIGTERM or SIGQUIT starts a drain: readiness is false, after the drain delay dials are refused, and
 * connections have the shutdown timeout to end. A second one ends all at once.
 *
 * @param onServing called once every service is served.
 * @returns the exit status: 0 when everything drained, 1 when a connection had to be cut.
 * @throws when the configuration cannot be used or its sockets cannot be had: an {@link AggregateError} with an error a line.
 */
export async function supervise(
  source: ConfigSource,
  io: Io,
  onServing?: (host: RunningHost) => void,
): Promise<number> {
  const life = new Life(source, io);
  const handlers = [
    ...ENDING.map((signal) => [signal, () => life.end()] as const),
    ["SIGHUP", () => life.reload()] as const,
  ];
  for (const [signal, handler] of handlers) io.signals.on(signal, handler);
  try {
    return await life.run(onServing);
  } catch (error) {
    if (life.isStopped) return EXIT.ok;
    if (life.format === "text") throw inLines(error);
    await tell(error, io);
    return EXIT.failure;
  } finally {
    for (const [signal, handler] of handlers) io.signals.off(signal, handler);
  }
}

/** Tells a log for machines why the host does not start. */
async function tell(error: unknown, { stderr }: Io): Promise<void> {
  const log = await createLog("json", "error", stderr);
  const lines = inLines(error);
  for (const each of lines instanceof AggregateError ? lines.errors : [lines]) {
    log.write("error", each instanceof Error ? each.message : String(each), { event: "hostFailed" });
  }
}

/** A host from its first look at the configuration to its end, as signals see it. */
class Life {
  readonly #source: ConfigSource;
  readonly #io: Io;
  readonly #stopped = new AbortController();
  #host: Supervisor | null = null;
  #format: LogFormat;
  #signals = 0;

  constructor(source: ConfigSource, io: Io) {
    this.#source = source;
    this.#io = io;
    this.#format = source.overrides.logFormat ?? "text";
  }

  /** Of the log, as far as it is known. */
  get format(): LogFormat {
    return this.#format;
  }

  /** Whether somebody has ended it before anything was served. */
  get isStopped(): boolean {
    return this.#stopped.signal.aborted || this.#host?.isDraining === true;
  }

  async run(onServing: ((host: RunningHost) => void) | undefined): Promise<number> {
    // Before anything is opened here.
    const inherited = inheritedSockets();
    const env = { ...this.#io.env };
    const { stderr } = this.#io;
    const reader = new PlanReader(this.#io, env);
    // Loaded while the other process reads.
    const [config, { Supervisor }] = await Promise.all([
      reader.read(this.#source, { signal: this.#stopped.signal }),
      import("./supervisor.js"),
    ]);
    const { plan } = config;
    this.#format = plan.logFormat;
    const log = await createChangingLog(plan.logFormat, plan.logLevel, stderr);
    const version = readVersion();
    const host = new Supervisor({ source: this.#source, config, reader, env, log, stderr, version, inherited });
    this.#host = host;
    await host.start();
    if (this.isStopped) host.drain();
    else onServing?.({ plan: host.plan, addresses: host.addresses, debugAddr: host.debugAddr });
    return this.#finish(host, log);
  }

  /** A signal to end. */
  end(): void {
    this.#signals += 1;
    if (this.#host === null || this.#host.isStarting) this.#stopped.abort(new Error("Stopped by a signal"));
    if (this.#signals === 1) this.#host?.drain();
    else this.#host?.close();
  }

  reload(): void {
    // Told of in the log already.
    this.#host?.reload().catch(() => {});
  }

  async #finish(host: Supervisor, log: Log): Promise<number> {
    const { drained, cut } = await host.run();
    log.write("info", `connections drained: ${drained}, cut: ${cut}`, { drained, cut });
    log.write("info", "all done");
    return cut > 0 ? EXIT.failure : EXIT.ok;
  }
}
