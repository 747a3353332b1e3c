import type { Command } from "commander";
import type { Io } from "../io.js";
import { runClient } from "../run-client.js";
import { ControlError, type ControlLink } from "./control-link.js";
import { findHost } from "./find-host.js";

/** What every command that talks to a host takes. */
export interface ControlOptions {
  readonly control?: string;
}

/** Declares {@link ControlOptions} on a command. */
export function addControlOption(command: Command): void {
  command.option("--control <path>", "the host's control socket (default: BELFRY_CONTROL, else the one host there is)");
}

/**
 * Finds the host, uses it, and lets it go.
 *
 * @returns what `use` returns; 130 or 143 after a signal.
 * @throws what stands in the way, in lines to be shown.
 */
export function withHost(
  options: ControlOptions,
  io: Io,
  use: (link: ControlLink) => Promise<number>,
): Promise<number> {
  return runClient(io, async (signal) => {
    const tell = (line: string): void => void io.stderr.write(`${line}\n`);
    const link = await findHost({ control: options.control, env: io.env, signal, tell });
    try {
      return await use(link);
    } catch (error) {
      throw inLines(error);
    } finally {
      await link.close();
    }
  });
}

/** A host that finds several things wrong says them in a line each. */
function inLines(error: unknown): unknown {
  if (!(error instanceof ControlError) || !error.message.includes("\n")) return error;
  const lines = error.message.split("\n").filter((line) => line.trim() !== "");
  return new AggregateError(
    lines.map((line) => new ControlError(line)),
    lines[0],
  );
}
