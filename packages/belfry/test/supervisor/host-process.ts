import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { HostStatus } from "../../src/inspect/host-view.js";
import { type BelfryProcess, startBelfry } from "../belfry-process.js";

/** A host of a config in a directory of its own. */
export interface TestHost {
  readonly directory: string;
  readonly process: BelfryProcess;
  readonly write: (name: string, content: string | object) => void;
  /** The port of a service's first address. */
  port(service: string): Promise<number>;
  status(): Promise<HostStatus>;
  /** `HOST:PORT` of the debug server as it was first. */
  debugAddress(): Promise<string>;
  get(path: string): Promise<{ readonly status: number; readonly body: string }>;
  /** Resolves with the status once it is so. */
  until(condition: (status: HostStatus) => boolean): Promise<HostStatus>;
}

/** Options of {@link withHost}. */
export interface TestHostOptions {
  /** Written as JSON. */
  readonly config?: object;
  /** Which of `files` is the config, where `config` is not. */
  readonly configFile?: string;
  readonly args?: readonly string[];
  /** The debug server is left to the config after the first start, which has one on any free port. */
  readonly hasOwnDebug?: boolean;
  readonly env?: Record<string, string>;
  /** Files beside the config, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Runs `belfry serve` on a config for as long as `use` takes, and ends it with what it has started. */
export async function withHost(options: TestHostOptions, use: (host: TestHost) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "belfry-host-"));
  const write = (name: string, content: string | object): void =>
    writeFileSync(join(directory, name), typeof content === "string" ? content : JSON.stringify(content));
  for (const [name, text] of Object.entries(options.files ?? {})) write(name, text);
  const { hasOwnDebug = false, config, configFile = "belfry.config.json" } = options;
  if (config !== undefined) write(configFile, hasOwnDebug ? { ...config, debug: "127.0.0.1:0" } : config);
  const debug = hasOwnDebug ? [] : ["--debug", "127.0.0.1:0"];
  const args = ["serve", "--config", join(directory, configFile), ...debug];
  const running = startBelfry([...args, "--control", join(directory, "c.sock"), ...(options.args ?? [])], options.env);
  try {
    await use(createHost(directory, running, write));
  } finally {
    running.child.kill("SIGTERM");
    const timer = setTimeout(() => running.child.kill("SIGTERM"), 3000);
    const killer = setTimeout(() => running.child.kill("SIGKILL"), 8000);
    await running.ended;
    clearTimeout(timer);
    clearTimeout(killer);
    rmSync(directory, { recursive: true, force: true });
  }
}

function createHost(directory: string, running: BelfryProcess, write: TestHost["write"]): TestHost {
  const debugAddress = async (): Promise<string> => String((await running.says(/debugging on http:\/\/([^\s"/]+)/))[1]);
  const get: TestHost["get"] = async (path) => {
    const response = await fetch(new URL(path, `http://${await debugAddress()}/`));
    return { status: response.status, body: await response.text() };
  };
  const status = async (): Promise<HostStatus> => JSON.parse((await get("/debug/status")).body) as HostStatus;
  return {
    directory,
    process: running,
    write,
    get,
    status,
    debugAddress,
    async port(service) {
      await running.says(/listening on/);
      const { services } = await status();
      return Number(/:(\d+)$/.exec(services.find(({ name }) => name === service)?.addresses[0] ?? "")?.[1]);
    },
    async until(condition) {
      const end = Date.now() + 20_000;
      for (;;) {
        const now = await status();
        if (condition(now)) return now;
        if (Date.now() > end) throw new Error(`Not so after 20 s: ${String(condition)}: ${JSON.stringify(now)}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

/** A connection of a test's. */
export async function connected(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

/** Sends `text` and resolves with what comes back first; `null` when the connection ends before. */
export function ask(socket: Socket, text: string): Promise<string | null> {
  return new Promise((resolve) => {
    const finish = (answer: string | null): void => {
      socket.off("data", onData).off("close", onEnd).off("end", onEnd).off("error", onEnd);
      resolve(answer);
    };
    const onData = (data: Buffer): void => finish(String(data));
    const onEnd = (): void => finish(null);
    socket.on("data", onData).once("close", onEnd).once("end", onEnd).on("error", onEnd);
    socket.write(text);
  });
}

/** Asks on the control socket, and resolves with what came of it. */
export async function control(host: TestHost, question: object): Promise<unknown> {
  // The socket is made before.
  await host.process.says(/listening on/);
  const socket = connect(join(host.directory, "c.sock"));
  socket.write(`${JSON.stringify(question)}\n`);
  const [line] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  const { ok, error, result } = JSON.parse(String(line)) as { ok: boolean; error?: string; result?: unknown };
  if (!ok) throw new Error(error);
  return result;
}

/** Whether a process is there. */
export function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Resolves when a process that is no child of ours is gone. */
export async function gone(pid: number): Promise<void> {
  while (lives(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
}
