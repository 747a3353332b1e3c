import { BrokenError } from "@belfry/net";
import { type Server, serve, type ServeOptions } from "@belfry/server";
import { formatTarget, type ListenTarget } from "../config/schema/listen-target.js";
import type { LoadedService } from "../config/services/build-service.js";
import type { LoadedConfig } from "../config/loaded-config.js";
import { createProcessInspector } from "../inspect/create-process-inspector.js";
import type { InspectedService, ProcessInspector } from "../inspect/process-inspector.js";
import type { Log } from "../log/log.js";
import { logEvents } from "../log/log-events.js";
import { addressesOf } from "./addresses-of.js";
import { type Claims, claimSessions } from "./claims.js";
import type { Ending, PlaceKey, WorkerMessage, WorkerSnapshot, WorkerStart } from "./messages.js";
import { holdPlaces, type Places } from "./places.js";

/** What a configuration is served with. */
export interface ServeAround {
  readonly start: WorkerStart;
  readonly log: Log;
  readonly claims: Claims;
  readonly send: (message: WorkerMessage) => void;
  readonly suspended: readonly string[];
  /** For a worker that listens by itself. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
}

/** The servers of one configuration in this process. */
export interface ServedConfig {
  readonly inspector: ProcessInspector;
  /** Where each service listens, in the order of its plan. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
  snapshot(): WorkerSnapshot;
  /** Those of one service, or all. */
  servers(service?: string): readonly Server[];
  places(key: PlaceKey): Places | undefined;
  /** Accepts no more, and serves what was accepted. */
  stopAccepting(): Promise<void>;
  /** Resolves when nobody is connected any more, at the latest after `grace` milliseconds. */
  quiet(grace: number): Promise<void>;
  /** @param timeout milliseconds; 0 is as long as it takes. */
  shutdown(timeout: number): Promise<Ending>;
  close(): void;
}

interface Entry {
  readonly key: PlaceKey;
  readonly server: Server;
  readonly places: Places | null;
}

/** Serves everything a configuration names, on inherited sockets where there are some. @throws what `serve` throws; nothing is served then. */
export async function serveConfig(config: LoadedConfig, around: ServeAround): Promise<ServedConfig> {
  const { start } = around;
  const services = new Map<LoadedService, Entry[]>();
  try {
    for (const service of config.services) {
      const entries: Entry[] = [];
      services.set(service, entries);
      service.attach(around.log);
      for (const [index, target] of service.plan.listen.entries()) {
        entries.push(await serveAt(service, { index, target }, around));
      }
    }
  } catch (error) {
    await Promise.all([...services.values()].flat().map(({ server }) => server.close()));
    throw error;
  }
  return new Served(services, start);
}

async function serveAt(
  service: LoadedService,
  { index, target }: { readonly index: number; readonly target: ListenTarget },
  around: ServeAround,
): Promise<Entry> {
  const { plan, ownsLimits } = service;
  const { start, claims, send, log } = around;
  const key: PlaceKey = { service: plan.name, index };
  const options: ServeOptions = {
    ...service.settings,
    ...claimOptions(service, claims),
    ...whereToListen(key, target, around),
    name: plan.name,
    instance: index === 0 ? `${start.number}` : `${start.number}.${index + 1}`,
    maxConns: Number.POSITIVE_INFINITY,
    shutdownTimeout: start.plan.shutdownTimeout || Number.POSITIVE_INFINITY,
    listTasks: start.isInspected,
  };
  const handler = ownsLimits ? claimSessions(service.service, plan.name, claims) : service.service;
  const server = await serve(options, handler).catch((error: unknown) => {
    throw named(error, target, plan.name);
  });
  const places = plan.isClaimed ? null : holdPlaces(server, key, send);
  if (around.suspended.includes(plan.name)) server.suspend();
  logEvents(server, log);
  return { key, server, places };
}

/** Which descriptor this process has of a socket is nobody's affair: the error says what the config calls it. */
function named(error: unknown, target: ListenTarget, service: string): unknown {
  if (!(error instanceof BrokenError) || error.op !== "listen") return error;
  const reason = error.message.slice(error.message.indexOf(": ") + 2);
  const where = `${formatTarget(target)}${target.kind === "inherited" ? ` for ${service}` : ""}`;
  return new Error(`Cannot listen on ${where}: ${reason}`, { cause: error });
}

/** Where nobody may wait, or connections of one address are limited over all workers, the supervisor is asked about each. */
function claimOptions({ plan, ownsLimits }: LoadedService, claims: Claims): Pick<ServeOptions, "admit" | "onReleased"> {
  const { name, isClaimed, maxConnsPerAddress } = plan;
  if (ownsLimits || (maxConnsPerAddress === null && !isClaimed)) return {};
  return {
    admit: async ({ remoteAddr }) => (await claims.claim(name, remoteAddr.host, isClaimed)) === "granted",
    onReleased: ({ remoteAddr }) => claims.release(name, remoteAddr.host, isClaimed),
  };
}

type Where =
  | { fd: number; path?: string; copies: readonly number[] }
  | { host: string; port: number }
  | { path: string };

function whereToListen({ service, index }: PlaceKey, target: ListenTarget, { start, addresses }: ServeAround): Where {
  const inherited = start.sockets.find((socket) => socket.service === service && socket.index === index);
  if (inherited !== undefined) {
    const { descriptor: fd, copies, path } = inherited;
    return path === null ? { fd, copies } : { fd, copies, path };
  }
  if (target.kind === "unix") return { path: target.path };
  if (target.kind === "inherited") return { fd: target.descriptor, copies: [] };
  const known = /:(\d+)$/.exec(addressesOf(addresses, service)[index] ?? "")?.[1];
  return { host: target.host, port: target.port === 0 && known !== undefined ? Number(known) : target.port };
}

class Served implements ServedConfig {
  readonly inspector: ProcessInspector;
  readonly addresses: Readonly<Record<string, readonly string[]>>;
  readonly #entries: readonly Entry[];

  constructor(services: ReadonlyMap<LoadedService, readonly Entry[]>, { number, isInspected }: WorkerStart) {
    this.#entries = [...services.values()].flat();
    const inspected = [...services].map(([{ plan }, entries]): InspectedService => {
      const { kind, isSecure, isProxied, maxConns } = plan;
      return { kind, isSecure, isProxied, maxConns, servers: entries.map(({ server }) => server) };
    });
    this.inspector = createProcessInspector({ worker: number, services: () => inspected, isInspected });
    this.addresses = Object.fromEntries(
      [...services].map(([{ plan }, entries]) => [plan.name, entries.map(({ server }) => String(server.addr))]),
    );
  }

  snapshot(): WorkerSnapshot {
    return { process: this.inspector.status(), services: this.inspector.services() };
  }

  servers(service?: string): readonly Server[] {
    return this.#entries
      .filter(({ key }) => service === undefined || key.service === service)
      .map(({ server }) => server);
  }

  places({ service, index }: PlaceKey): Places | undefined {
    return this.#entries.find(({ key }) => key.service === service && key.index === index)?.places ?? undefined;
  }

  async stopAccepting(): Promise<void> {
    await Promise.all(this.servers().map((server) => server.stopAccepting()));
  }

  async quiet(grace: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.servers().every(({ size, waiting }) => size === 0 && waiting === 0)) done();
      };
      const timer = setTimeout(() => done(), grace);
      const offs = this.servers().flatMap((server) => [
        server.on("closed", () => queueMicrotask(look)),
        server.on("refused", () => queueMicrotask(look)),
      ]);
      const done = (): void => {
        clearTimeout(timer);
        for (const off of offs) off();
        resolve();
      };
      look();
    });
  }

  async shutdown(timeout: number): Promise<Ending> {
    const options = { timeout: timeout === 0 ? Number.POSITIVE_INFINITY : timeout };
    const outcomes = await Promise.all(this.servers().map((server) => server.shutdown(options)));
    return {
      drained: outcomes.reduce((sum, { drained }) => sum + drained, 0),
      cut: outcomes.reduce((sum, { cut }) => sum + cut, 0),
    };
  }

  close(): void {
    this.inspector.close();
  }
}
