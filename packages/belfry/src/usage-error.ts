/** Wrong usage of a command: its message is shown as one line, and the process ends with 2. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
  /** Stable across releases; the message is not. */
  readonly code = "ERR_USAGE";
}
