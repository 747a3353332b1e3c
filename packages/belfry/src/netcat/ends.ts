import { closeSync, openSync, writeSync } from "node:fs";
import { hexDump, type NetcatOptions, openInput, openOutput } from "@belfry/netcat";
import type { Io } from "../io.js";
import type { NetcatFlags } from "./options.js";

/**
 * A caller that only fetches may end its half at once: a listener goes on sending until its input makes it wait for so
 * many milliseconds, so that a file or an archive arrives whole.
 */
const LISTENER_PATIENCE = 1000;

/** What every way of running netcat shares. */
export interface Ends {
  /** Input, output, timeouts and the dump, for the library. */
  readonly options: NetcatOptions;
  /** Tells on standard error what happens; silent without `-v`. */
  readonly tell: (text: string) => void;
  /** Lets go of standard input and the dump's file. */
  readonly close: () => void;
}

/**
 * Opens standard input and output, and the dump where one was asked for.
 *
 * @throws {Error} naming the dump's file when it cannot be written.
 */
export function openEnds(flags: NetcatFlags, io: Io, signal: AbortSignal): Ends {
  const dump = openDump(flags.hexDump);
  const input = openInput(io.stdin);
  const options: NetcatOptions = {
    input,
    output: openOutput(io.stdout),
    halfClose: halfCloseOf(flags),
    keepOpen: flags.keepOpen ?? (flags.listen === true ? LISTENER_PATIENCE : false),
    quitAfter: flags.quitAfter,
    idleTimeout: flags.idleTimeout,
    signal,
    onBytes: dump?.onBytes,
  };
  return {
    options,
    tell: flags.verbose === true ? (text) => void io.stderr.write(`${text}\n`) : () => {},
    close: () => {
      input.close();
      dump?.close();
    },
  };
}

/** A listener that was given no input is there to receive: it must not hang up on callers that heed the end. */
function halfCloseOf({ shutdown, listen }: NetcatFlags): NetcatOptions["halfClose"] {
  if (!shutdown) return "never";
  return listen === true ? "after-data" : "always";
}

function openDump(file: string | undefined): { onBytes: NetcatOptions["onBytes"]; close: () => void } | undefined {
  if (file === undefined) return undefined;
  const format = hexDump();
  const fd = openForDump(file);
  return {
    onBytes: (direction, bytes) => writeAll(fd, Buffer.from(format(direction, bytes))),
    close: () => closeSync(fd),
  };
}

function openForDump(file: string): number {
  try {
    return openSync(file, "w");
  } catch (error) {
    throw new Error(`Cannot use --hex-dump "${file}": ${(error as NodeJS.ErrnoException).code}`, { cause: error });
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let start = 0; start < bytes.byteLength;) start += writeSync(fd, bytes, start);
}
