import { getSystemErrorMap } from "node:util";

/** Name and meaning of each of the system's errors; made once, for the runtime makes the map anew at every call. */
let known: ReadonlyMap<number, readonly [name: string, meaning: string]> | null = null;

/** What the system says of a negative error number, such as `["ECONNRESET", "connection reset by peer"]`. */
export function describeErrno(errno: number): readonly [name: string, meaning: string] | undefined {
  known ??= getSystemErrorMap();
  return known.get(errno);
}

/** An error like the runtime's own for a negative system error number: `read ECONNRESET`, with `code` and `syscall`. */
export function systemError(errno: number, syscall: string): NodeJS.ErrnoException {
  const code = describeErrno(errno)?.[0] ?? `E${-errno}`;
  const error: NodeJS.ErrnoException = withoutStack(() => new Error(`${syscall} ${code}`));
  error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  return error;
}

/** Called from the event loop there is no stack worth taking, and taking it costs more than the rest of a reset. */
export function withoutStack<E extends Error>(make: () => E): E {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
