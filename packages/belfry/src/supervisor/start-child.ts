import { ChildProcess, spawn } from "node:child_process";
import { childCommand } from "./child-command.js";

/** What {@link startChild} starts with. */
export interface ChildOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Handed down behind input, output, errors and the channel. */
  readonly descriptors?: readonly number[];
  /** Whether what it prints is to be read here; else it goes where this process prints. Default `false`. */
  readonly isRead?: boolean;
}

/**
 * Starts another process of this program, with a channel to it. Why one could not be started is an `error` event, whatever the
 * reason; nothing is sent to such a one.
 *
 * @param name as for {@link childCommand}.
 */
export function startChild(name: string, { env, descriptors = [], isRead = false }: ChildOptions): ChildProcess {
  const output = isRead ? "pipe" : "inherit";
  try {
    return spawn(process.execPath, childCommand(name), {
      stdio: ["ignore", output, output, "ipc", ...descriptors],
      env,
      serialization: "advanced",
    });
  } catch (error) {
    // The runtime throws for some reasons (ENOMEM), and tells of others in an event.
    const child = new ChildProcess();
    process.nextTick(() => child.emit("error", error));
    return child;
  }
}
