import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../bin/belfry.js", import.meta.url));

/** A running client whose standard streams are in the test's hands. */
export interface ClientProcess extends AsyncDisposable {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<{ status: number | null; stdout: string; stderr: string }>;
  /** Resolves once standard output holds `text`. */
  readonly prints: (text: string) => Promise<void>;
  /** Resolves once standard error holds `text`. */
  readonly says: (text: string) => Promise<void>;
  /** Resolves with the port it listens on. */
  readonly port: () => Promise<number>;
}

/** Starts `belfry` with an input that stays open until the test ends it. */
export function startClient(...args: string[]): ClientProcess {
  return control(spawn(process.execPath, [BIN, ...args]));
}

/** Starts a line of shell in which `$BELFRY` is the command. */
export function startShell(line: string): ClientProcess {
  return control(spawn("bash", ["-c", line], { env: { ...process.env, BELFRY: `${process.execPath} ${BIN}` } }));
}

function control(child: ChildProcessWithoutNullStreams): ClientProcess {
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("latin1").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  // What it no longer reads is its affair.
  child.stdin.on("error", () => {});
  const ended = (async () => {
    const [status] = (await once(child, "close")) as [number | null];
    return { status, stdout, stderr };
  })();
  return {
    child,
    ended,
    async prints(text) {
      while (!stdout.includes(text)) await once(child.stdout, "data");
    },
    async says(text) {
      while (!stderr.includes(text)) await once(child.stderr, "data");
    },
    async port() {
      for (;;) {
        const [, port] = /listening on .*:(\d+)\n/.exec(stderr) ?? [];
        if (port !== undefined) return Number(port);
        await once(child.stderr, "data");
      }
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
