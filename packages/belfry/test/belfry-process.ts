import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { endWithTests, HAS_GROUPS } from "./end-with-tests.js";

const BIN = fileURLToPath(new URL("../bin/belfry.js", import.meta.url));

/** How a process ended. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running `belfry`. */
export interface BelfryProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What has been written to standard error so far. */
  readonly stderr: () => string;
  /** Resolves with the match once standard error matches; rejects when the process ends before. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** The port of the first listener, once there is one. */
  readonly port: () => Promise<number>;
}

/** Starts `belfry` as built, with the zone of the test's own environment left out. @param cwd where; default: where the test is. */
export function startBelfry(args: readonly string[], env: Record<string, string> = {}, cwd?: string): BelfryProcess {
  const { TZ: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [BIN, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...inherited, ...env },
    cwd,
    detached: HAS_GROUPS,
  });
  endWithTests(child);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = (async (): Promise<Ended> => {
    const [status, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    return { status, signal, stdout, stderr };
  })();
  const says = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const match = pattern.exec(stderr);
      if (match !== null) return match;
      const isOver = await Promise.race([once(child.stderr, "data").then(() => false), ended.then(() => true)]);
      if (isOver && !pattern.test(stderr)) throw new Error(`belfry ended without saying ${pattern}: ${stderr}`);
    }
  };
  return {
    child,
    ended,
    stderr: () => stderr,
    says,
    port: async () => Number((await says(/\blistening on [^"\n]*:(\d+)["\n]/))[1]),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Runs `belfry` to its end. */
export function runBelfry(args: readonly string[], env?: Record<string, string>, cwd?: string): Promise<Ended> {
  return startBelfry(args, env, cwd).ended;
}
