import { BrokenError, ClosedError } from "@belfry/net";

/**
 * What a failed accept means.
 *
 * - `connection`: only the connection that was about to be accepted is lost; go on at once.
 * - `backOff`: the system is short of something; go on after a while.
 * - `closed`: the listener was closed on this side.
 * - `fatal`: the listener will never accept again.
 */
export type AcceptErrorKind = "connection" | "backOff" | "closed" | "fatal";

// accept(2): network errors already pending on the new socket are passed on and should be treated like EAGAIN;
// EPERM is a firewall's answer, EPROTO and ECONNABORTED a peer that has left.
const KINDS: ReadonlyMap<string, AcceptErrorKind> = new Map([
  ["EAGAIN", "connection"],
  ["ECONNABORTED", "connection"],
  ["ECONNRESET", "connection"],
  ["EHOSTDOWN", "connection"],
  ["EHOSTUNREACH", "connection"],
  ["EINTR", "connection"],
  ["ENETDOWN", "connection"],
  ["ENETUNREACH", "connection"],
  ["ENONET", "connection"],
  ["ENOPROTOOPT", "connection"],
  ["EPERM", "connection"],
  ["EPIPE", "connection"],
  ["EPROTO", "connection"],
  ["ETIMEDOUT", "connection"],
  ["EMFILE", "backOff"],
  ["ENFILE", "backOff"],
  ["ENOBUFS", "backOff"],
  ["ENOMEM", "backOff"],
  ["EBADF", "fatal"],
  ["EFAULT", "fatal"],
  ["EINVAL", "fatal"],
  ["ENOTSOCK", "fatal"],
  ["EOPNOTSUPP", "fatal"],
]);

/**
 * Tells what an error thrown by `Listener.accept` means, by the first known system code on it or its causes.
 *
 * A `BrokenError` without a known code (a failed TLS handshake, for one) costs its own connection. An unknown system
 * code backs off, which neither spins nor gives up; anything else is a defect in the listener, and fatal.
 */
export function classifyAcceptError(error: unknown): AcceptErrorKind {
  if (error instanceof ClosedError) return "closed";
  const codes = codesOf(error);
  for (const code of codes) {
    const kind = KINDS.get(code);
    if (kind !== undefined) return kind;
  }
  if (codes.some(isSystemCode)) return "backOff";
  return error instanceof BrokenError ? "connection" : "fatal";
}

/** The system's code on `error` or its causes; `unknown` without one. */
export function systemCode(error: unknown): string {
  return codesOf(error).find(isSystemCode) ?? "unknown";
}

/** The codes on `error` and its causes, as far down as makes sense: causes may go round in a circle. */
function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === "string") codes.push(code);
  }
  return codes;
}

/** The runtime's own codes have an underscore, as in `ERR_SSL_WRONG_VERSION_NUMBER`. */
function isSystemCode(code: string): boolean {
  return /^E[A-Z0-9]+$/.test(code);
}
