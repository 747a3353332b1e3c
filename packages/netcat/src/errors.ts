/** No byte moved in either direction for the idle timeout. */
export class IdleError extends Error {
  override readonly name: string = "IdleError";
  /** Stable across releases; the message is not. */
  readonly code = "ERR_IDLE";
  /** The timeout that ran out, in milliseconds. */
  readonly timeout: number;

  constructor(peer: string, timeout: number) {
    super(`Gave up on ${peer}: idle for ${timeout / 1000} s`);
    this.timeout = timeout;
  }
}

/** The input could not be read; `cause` is the system's error. */
export class InputError extends Error {
  override readonly name: string = "InputError";
  /** Stable across releases; the message is not. */
  readonly code = "ERR_INPUT";

  constructor(cause: unknown) {
    super(`Cannot read the input: ${describe(cause)}`, { cause });
  }
}

/** The output could not be written; `cause` is the system's error. */
export class OutputError extends Error {
  override readonly name: string = "OutputError";
  /** Stable across releases; the message is not. */
  readonly code = "ERR_OUTPUT";
  /** Whether whoever read the output has gone, as in `| head`. */
  readonly isReaderGone: boolean;

  constructor(cause: unknown) {
    super(`Cannot write the output: ${describe(cause)}`, { cause });
    this.isReaderGone = (cause as NodeJS.ErrnoException | null)?.code === "EPIPE";
  }
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
