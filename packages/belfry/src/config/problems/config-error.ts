/** One thing that is wrong with a configuration. */
export interface ConfigProblem {
  /** The key, as `services.echo.maxConns`; empty for the file as a whole. */
  readonly key: string;
  /** The whole sentence. It names file, key, value and what was expected, and shows no secret. */
  readonly message: string;
}

/** A configuration that cannot be used, with everything that is wrong with it: `errors` has one for each problem. */
export class ConfigError extends AggregateError {
  override readonly name: string = "ConfigError";
  /** Stable across releases; the messages are not. */
  readonly code = "ERR_CONFIG";
  readonly problems: readonly ConfigProblem[];

  /** @param cause what went wrong beneath, when there is one thing. */
  constructor(problems: readonly ConfigProblem[], cause?: unknown) {
    const errors = problems.map(({ message }) => new Error(message));
    super(errors, problems.map(({ message }) => message).join("\n"), { cause });
    this.problems = problems;
  }
}

/** The error for a file as a whole, which is not there or cannot be read. */
export function wrongFile(message: string, cause?: unknown): ConfigError {
  return new ConfigError([{ key: "", message }], cause);
}
