import type { Readable, Writable } from "node:stream";

/** The part of a process's signals that commands use; `process` itself is one, an `EventEmitter` does for a test. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
}

/** A stream of the process, with what the runtime knows about its other end. */
export type Input = Readable & {
  readonly fd?: number;
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
};

/** The same for output. */
export type Output = Writable & {
  readonly fd?: number;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** Everything through which a command touches its process, so that a test can run it in its own. */
export interface Io {
  /** Made by the runtime when first looked at, so a command that reads nothing leaves it alone. */
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signals: SignalSource;
}

/**
 * The process's own streams, environment and signals.
 *
 * From the call on, an output whose reader has gone (`| head`) is no uncaught error; its writes still fail.
 */
export function processIo(): Io {
  const ignore = (): void => {};
  process.stdout.on("error", ignore);
  process.stderr.on("error", ignore);
  return {
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    signals: process,
  };
}
