/** What is wrong with a users file. `bad-line`: a line is not what the format asks for; `unreadable`: the file cannot be read, see `cause`. */
export class UsersFileError extends Error {
  readonly code: "bad-line" | "unreadable";
  /** The file. */
  readonly path: string;
  /** The line, from 1; 0 when it is not about one. */
  readonly line: number;

  constructor(
    code: UsersFileError["code"],
    message: string,
    where: { readonly path: string; readonly line: number; readonly cause?: unknown },
  ) {
    super(message, { cause: where.cause });
    this.name = "UsersFileError";
    this.code = code;
    this.path = where.path;
    this.line = where.line;
  }
}
