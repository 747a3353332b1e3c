import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** The `belfry` command, as built. */
export const BELFRY = [
  process.execPath,
  fileURLToPath(new URL("../packages/belfry/bin/belfry.js", import.meta.url)),
] as const;

/** Why tests with a program are skipped; `false` when it is installed. */
export function missing(program: string): string | false {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return false;
    } catch {
      // Not here.
    }
  }
  return `${program} is not installed`;
}

/** Starts a program with pipes for its streams. Whoever starts it ends it. */
export function start(command: readonly string[], cwd?: string): ChildProcess {
  const [program = "", ...args] = command;
  return spawn(program, args, { cwd, stdio: ["pipe", "pipe", "pipe"] });
}

/** Runs a program with `input` to its end and gives what it wrote; an error tells what it complained of. */
export async function run(command: readonly string[], input: Uint8Array | string, cwd?: string): Promise<Buffer> {
  const child = start(command, cwd);
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) throw new Error("no pipes");
  // A program that ends early is told by its status, not by the pipe it left.
  stdin.on("error", () => {});
  stdin.end(input);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const [output, complaints, status] = await Promise.all([buffer(stdout), buffer(stderr), ended]);
  if (status !== 0) throw new Error(`${command.join(" ")} ended with ${status}: ${String(complaints)}`);
  return output;
}

/** Waits for the first match in what a stream says. */
export function says(stream: NodeJS.ReadableStream | null, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = "";
    stream?.on("data", (data) => {
      text += String(data);
      const match = pattern.exec(text);
      if (match !== null) resolve(match);
    });
    stream?.on("end", () => reject(new Error(`it never said ${String(pattern)}: ${text}`)));
  });
}
