import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BelfryProcess, startBelfry } from "../../packages/belfry/test/belfry-process.js";

/** A running `belfry serve`. */
export interface Host extends AsyncDisposable {
  /** Of its debug server: `http://127.0.0.1:PORT`. */
  readonly base: string;
  readonly process: BelfryProcess;
  /** The port of a service. */
  port(service: string): Promise<number>;
}

const CLOCKS = { "New York": "America/New_York", London: "Europe/London", Tokyo: "Asia/Tokyo" } as const;

/**
 * Starts a host with three clocks, echo and reverb, all on free ports.
 *
 * @param debugPort for its debug server; 0 for any that is free.
 */
export async function startHost(debugPort = 0): Promise<Host> {
  const folder = await mkdtemp(join(tmpdir(), "belfry-pages-"));
  const listen = "127.0.0.1:0";
  const clocks = Object.entries(CLOCKS).map(([name, timeZone]) => [name, { use: "clock", listen, timeZone }]);
  const services = {
    ...Object.fromEntries(clocks),
    echo: { use: "echo", listen },
    reverb: { use: "reverb", listen, delay: "30s" },
  };
  const config = join(folder, "belfry.config.json");
  await writeFile(config, JSON.stringify({ control: join(folder, "control.sock"), services }));
  const process = startBelfry(["serve", "--config", config, "--debug", `127.0.0.1:${debugPort}`]);
  const stop = async (): Promise<void> => {
    process.child.kill("SIGTERM");
    await process[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [, base = ""] = await process.says(/debugging on (http:\/\/[\d.:]+)/);
    await untilReady(base);
    return { base, process, port: (service) => findPort(base, service), [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilReady(base: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if ((await fetch(`${base}/readyz`)).ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${base} did not become ready`);
}

async function findPort(base: string, name: string): Promise<number> {
  const status = (await (await fetch(`${base}/debug/status`)).json()) as {
    readonly services: readonly { readonly name: string; readonly addresses: readonly string[] }[];
  };
  const [address = ""] = status.services.find((service) => service.name === name)?.addresses ?? [];
  return Number(address.slice(address.lastIndexOf(":") + 1));
}
