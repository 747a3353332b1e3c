import { performance } from "node:perf_hooks";
import { type Server, serve, type Service } from "@belfry/server";
import { echo } from "@belfry/reverb";
import { clock } from "@belfry/clock";
import type {
  ConnectionPage,
  ConnectionQuery,
  ConnectionStatus,
  HostControls,
  HostStatus,
  HostView,
  ServiceStatus,
  WorkerStatus,
} from "../../src/inspect/host-view.js";

const KINDS: Readonly<Record<string, () => Service>> = { echo: () => echo(), clock: () => clock() };

/** A host in the process of a test: real servers, its own books, and what was asked of it. */
export class InProcessHost implements HostView, HostControls {
  readonly asked: string[] = [];
  readonly servers: Server[] = [];
  /** What the next reload does. */
  onReload: () => void | Promise<void> = () => {};
  /** What a drain does once it has begun. */
  onDrain: () => void = () => {};
  generation = 1;
  state: HostStatus["state"] = "serving";
  pid = process.pid;
  config: string | null = "/etc/belfry/belfry.config.ts";
  readonly #startedAt = Date.now();

  /** @param kinds names of services, each `echo`, or with its kind behind a colon: `"Tokyo:clock"`. */
  static async start(...kinds: readonly string[]): Promise<InProcessHost> {
    const host = new InProcessHost();
    for (const each of kinds) await host.add(each);
    return host;
  }

  async add(each: string, maxConns = 1000): Promise<Server> {
    const [name = "", kind = name] = each.split(":");
    const make = KINDS[kind] ?? (() => echo());
    const server = await serve({ port: 0, name, maxConns }, make());
    this.servers.push(server);
    return server;
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close()));
  }

  status(): Promise<HostStatus> {
    this.asked.push("status");
    const { generation, state, config, pid } = this;
    return Promise.resolve({
      version: "0.1.0",
      pid,
      node: process.version,
      startedAt: this.#startedAt,
      state,
      isReady: state === "serving",
      generation,
      config,
      crashes: 0,
      startFailures: 0,
      reloads: { succeeded: generation - 1, failed: 0, lastAt: null, lastError: null },
      services: this.servers.map(describe),
      plannedWorkers: 1,
      nextStartAt: null,
      workers: [this.#worker()],
    });
  }

  connections({ service, filter = "", order = "age", limit = 1000 }: ConnectionQuery = {}): Promise<ConnectionPage> {
    const all = this.servers
      .filter(({ name }) => service === undefined || name === service)
      .flatMap(list)
      .filter(({ id, remoteAddr }) => id.includes(filter) || remoteAddr.includes(filter))
      .sort((one, other) => VALUES[order](other) - VALUES[order](one));
    return Promise.resolve({ total: all.length, connections: all.slice(0, limit) });
  }

  async reload(): Promise<void> {
    this.asked.push("reload");
    await this.onReload();
    this.generation += 1;
  }

  drain(): void {
    this.asked.push("drain");
    this.state = "draining";
    this.onDrain();
  }

  suspend(service: string): Promise<void> {
    this.asked.push(`suspend ${service}`);
    this.#named(service).suspend();
    return Promise.resolve();
  }

  resume(service: string): Promise<void> {
    this.asked.push(`resume ${service}`);
    this.#named(service).resume();
    return Promise.resolve();
  }

  kick(connection: string): Promise<boolean> {
    this.asked.push(`kick ${connection}`);
    return Promise.resolve(this.servers.some((server) => server.kick(connection)));
  }

  tasks(): never {
    throw new Error("not asked by the control socket");
  }
  cpuProfile(): never {
    throw new Error("not asked by the control socket");
  }
  heapProfile(): never {
    throw new Error("not asked by the control socket");
  }
  heapSnapshot(): never {
    throw new Error("not asked by the control socket");
  }

  #named(service: string): Server {
    const found = this.servers.find(({ name }) => name === service);
    if (found === undefined) throw new RangeError(`no ${service}`);
    return found;
  }

  #worker(): WorkerStatus {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
    return {
      pid: this.pid,
      startedAt: this.#startedAt,
      cpuSeconds: { user: user / 1e6, system: system / 1e6 },
      memory: { rss, heapUsed, heapTotal, external },
      loopDelay: { mean: 0.001, p50: 0.001, p99: 0.0023, max: 0.004 },
      loopUtilization: performance.eventLoopUtilization().utilization,
      tasks: 0,
      number: 1,
      generation: this.generation,
      state: "serving",
      connections: this.servers.reduce((sum, { size }) => sum + size, 0),
    };
  }
}

const VALUES = {
  age: ({ since }: ConnectionStatus) => -since,
  read: ({ bytesRead }: ConnectionStatus) => bytesRead,
  written: ({ bytesWritten }: ConnectionStatus) => bytesWritten,
  queued: ({ bytesQueued }: ConnectionStatus) => bytesQueued,
} as const;

function describe(server: Server): ServiceStatus {
  const { name, addr, state, counters } = server;
  const kind = name === "echo" ? "echo" : "clock";
  return { name, kind, addresses: [String(addr)], isSecure: false, isProxied: false, state, maxConns: 1000, counters };
}

function list(server: Server): ConnectionStatus[] {
  return server.connections().map(({ proxyAddr, ...connection }) => ({
    ...connection,
    ...(proxyAddr !== undefined && { proxyAddr: String(proxyAddr) }),
    service: server.name,
    worker: 1,
    localAddr: String(connection.localAddr),
    remoteAddr: String(connection.remoteAddr),
  }));
}
