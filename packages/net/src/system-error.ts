import { getSystemErrorMap } from "node:util";

/** An error like the runtime's own for a negative system error number: `read ECONNRESET`, with `code` and `syscall`. */
export function systemError(errno: number, syscall: string): NodeJS.ErrnoException {
  const code = getSystemErrorMap().get(errno)?.[0] ?? `E${-errno}`;
  const error: NodeJS.ErrnoException = new Error(`${syscall} ${code}`);
  error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  return error;
}
