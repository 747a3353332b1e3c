import { lstatSync } from "node:fs";
import { dirname } from "node:path";
import { type Conn, DeadlineError, LineTooLongError, lines } from "@belfry/net";
import { serve, type Server, type ServiceContext, type ShutdownOutcome } from "@belfry/server";
import { countConnections } from "../inspect/add-services.js";
import type { HostControls, HostStatus, HostView } from "../inspect/host-view.js";
import type { Log } from "../log/log.js";
import { nearWord } from "../text/near-word.js";
import { claimPath } from "./claim-path.js";
import type { ControlAnswer, ControlCommand, ControlQuestions } from "./control-messages.js";
import { controlDirectory } from "./control-path.js";
import { type ControlRequest, readRequest } from "./read-request.js";
import { identify, spareOther } from "./spare-other.js";

/** A running control socket. */
export interface ControlServer {
  readonly path: string;
  /** Whether the file at the path is still this server's. */
  isInPlace(): boolean;
  /**
   * Tells who waits for the end of a drain how it went, and ends all connections. Resolves when the file is gone; one
   * that is not this server's stays.
   *
   * @param outcome how the host's connections ended; who waits is told that nobody knows when absent.
   */
  close(outcome?: ShutdownOutcome): Promise<void>;
}

/** What a host shows and lets be done to it. */
export type ControlledHost = HostView & HostControls;

/** Bytes of a request: names in it are short. */
const MAX_REQUEST = 16_384;
const MAX_CONNS = 64;
const MAX_WAITING = 64;
/** How long a client may say nothing between two requests. */
const IDLE_TIMEOUT = 300_000;
/** How long a client may take to read an answer. */
const WRITE_TIMEOUT = 30_000;
/** How long requests under way may take once the host ends. */
const SHUTDOWN_TIMEOUT = 2000;
/** Reading and writing for this user; a socket has nothing to execute. */
const MODE = 0o600;

/**
 * Answers what `belfry status`, `reload` and their kind ask, on a Unix socket that this user alone can connect to. Where
 * there are none (Windows), `path` names a pipe.
 *
 * At most 64 connections at a time, requests of 16 KiB, five minutes between two of them. A request that cannot be read
 * is answered with what is wrong, and the connection goes on.
 *
 * @param log told at `info` of everything that is done to the host.
 * @returns once it listens.
 * @throws {Error} naming the path when it cannot be had: a live process listens there, it is no socket, or the system's reason.
 */
export async function startControlServer(path: string, host: ControlledHost, log: Log): Promise<ControlServer> {
  const isOurs = dirname(path) === controlDirectory(process.env);
  if (await claimPath(path, isOurs)) log.write("info", `removed the control socket of a dead process: ${path}`);
  const control = new Control(host, log);
  const server = await listen(path, (conn, context) => control.serve(conn, context));
  server.on("failed", ({ error }) => log.write("debug", `a control connection failed: ${describe(error)}`));
  const own = process.platform === "win32" ? null : identify(path);
  return {
    path,
    isInPlace: () => own === null || identify(path) === own,
    async close(outcome) {
      control.outcome = outcome;
      // Removes the file at once. Whatever is there when the last client has gone is another host's.
      await spareOther(path, own, () => server.shutdown());
    },
  };
}

/** Listens so that at no time anybody else could connect. */
async function listen(path: string, service: (conn: Conn, context: ServiceContext) => Promise<void>): Promise<Server> {
  const limits = { maxConns: MAX_CONNS, maxWaiting: MAX_WAITING, shutdownTimeout: SHUTDOWN_TIMEOUT };
  // The file is made with what the mask leaves, before `serve` returns; chmod(2) would come after others had their chance.
  const mask = process.umask(0o777 & ~MODE);
  let serving: Promise<Server>;
  try {
    serving = serve({ name: "control", path, ...limits }, service);
  } finally {
    process.umask(mask);
  }
  const server = await serving;
  if (process.platform === "win32" || (lstatSync(path).mode & 0o777) === MODE) return server;
  await server.close();
  throw new Error(`Cannot make the control socket ${path}: the system gave it another mode than 0600`);
}

class Control {
  outcome: ShutdownOutcome | undefined;
  readonly #host: ControlledHost;
  readonly #log: Log;

  constructor(host: ControlledHost, log: Log) {
    this.#host = host;
    this.#log = log;
  }

  async serve(conn: Conn, { draining }: ServiceContext): Promise<void> {
    let awaitsEnd = false;
    try {
      conn.setReadDeadline(Date.now() + IDLE_TIMEOUT);
      for await (const line of lines(conn, { maxLength: MAX_REQUEST, signal: draining })) {
        const { answer, isDrain } = await this.#answer(line);
        awaitsEnd ||= isDrain;
        await send(conn, answer);
        conn.setReadDeadline(awaitsEnd ? null : Date.now() + IDLE_TIMEOUT);
      }
    } catch (error) {
      if (error instanceof DeadlineError) return;
      if (error instanceof LineTooLongError) await send(conn, { ok: false, error: error.message });
      else if (!draining.aborted) throw error;
      else if (awaitsEnd) await send(conn, { ok: true, result: this.outcome ?? null });
    }
  }

  /** Never rejects: what goes wrong is the answer. */
  async #answer(line: string): Promise<{ readonly answer: ControlAnswer<unknown>; readonly isDrain: boolean }> {
    try {
      const request = readRequest(line);
      const result = await this.#act(request);
      return { answer: { ok: true, result }, isDrain: request.command === "drain" };
    } catch (error) {
      return { answer: { ok: false, error: describe(error) }, isDrain: false };
    }
  }

  async #act({ command, params }: ControlRequest): Promise<unknown> {
    const action = ACTIONS[command] as (host: ControlledHost, params: ControlRequest["params"]) => Promise<unknown>;
    if (TOLD.has(command)) this.#tell([command, ...Object.values(params)].join(" "));
    return action(this.#host, params);
  }

  #tell(what: string): void {
    this.#log.write("info", `asked on the control socket: ${what}`, { event: "control", request: what });
  }
}

/** What is done to a host, rather than looked at. */
const TOLD: ReadonlySet<ControlCommand> = new Set(["reload", "drain", "suspend", "resume", "kick"]);

const ACTIONS: {
  readonly [C in ControlCommand]: (
    host: ControlledHost,
    params: ControlQuestions[C]["params"],
  ) => Promise<ControlQuestions[C]["result"]>;
} = {
  status: (host) => host.status(),
  connections: (host, query) => host.connections(query),
  async reload(host) {
    await host.reload();
    return host.status();
  },
  async drain(host) {
    const { pid, state, services } = await host.status();
    // To a host a second request may mean haste.
    if (state !== "draining") host.drain();
    return { pid, connections: countConnections(services) };
  },
  async suspend(host, { service }) {
    checkService("suspend", service, await host.status());
    await host.suspend(service);
    return null;
  },
  async resume(host, { service }) {
    checkService("resume", service, await host.status());
    await host.resume(service);
    return null;
  },
  kick: (host, { connection }) => host.kick(connection),
};

function checkService(verb: string, service: string, { services }: HostStatus): void {
  const names = services.map(({ name }) => name);
  if (names.includes(service)) return;
  const near = nearWord(service, names);
  const known = names.map((name) => `"${name}"`).join(", ");
  const hint = near === null ? `there are ${known === "" ? "none" : known}` : `did you mean "${near}"?`;
  throw new RangeError(`Cannot ${verb} "${service}": no such service; ${hint}`);
}

async function send(conn: Conn, answer: ControlAnswer<unknown>): Promise<void> {
  conn.setWriteDeadline(Date.now() + WRITE_TIMEOUT);
  await conn.write(`${JSON.stringify(answer)}\n`);
}

function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join("\n");
  return error instanceof Error ? error.message : String(error);
}
