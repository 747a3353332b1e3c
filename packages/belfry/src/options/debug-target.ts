import type { Io } from "../io.js";
import { isLoopbackHost } from "../loopback.js";
import { UsageError } from "../usage-error.js";

const TOKEN = "BELFRY_DEBUG_TOKEN";

/** Where the debug server listens, and who may ask. */
export interface DebugTarget {
  readonly host: string;
  readonly port: number;
  /** What a request has to bring; `null` only on loopback. */
  readonly token: string | null;
}

/** The options of a command that say where its debug server is, parsed. */
export interface DebugOptions {
  readonly debug?: { readonly host: string; readonly port: number };
  readonly debugToken?: string;
}

/**
 * Where the debug server listens and what it asks for: the token of the command line, else that of the environment.
 *
 * @returns `null` when none was asked for.
 * @throws {UsageError} when it is not on this machine's own address and there is no token.
 */
export function debugTarget(options: DebugOptions, env: Io["env"]): DebugTarget | null {
  const { debug } = options;
  if (debug === undefined) return null;
  const token = findToken(options, env);
  if (token === null && !isLoopbackHost(debug.host)) {
    const message = `Cannot use --debug on ${debug.host} without a token: others can reach it; set ${TOKEN} or --debug-token`;
    throw new UsageError(message);
  }
  return { ...debug, token };
}

/**
 * The token of the command line, else that of the environment; `null` when neither has one.
 *
 * @throws {UsageError} when the environment's is none. The message does not tell it.
 */
export function findToken({ debugToken }: DebugOptions, env: Io["env"]): string | null {
  if (debugToken !== undefined) return debugToken;
  const text = env[TOKEN];
  if (text === undefined || text === "") return null;
  try {
    return parseToken(text);
  } catch (cause) {
    throw new UsageError(`Cannot use ${TOKEN}: ${(cause as Error).message}`, { cause });
  }
}

/** What a token may be: it is sent in a header. */
export const TOKEN_FORM = "1 to 256 printable ASCII characters without spaces";

/** @throws {RangeError} when a text cannot be sent as a token. */
export function parseToken(text: string): string {
  if (/^[\x21-\x7E]{1,256}$/.test(text)) return text;
  throw new RangeError(`expected ${TOKEN_FORM}`);
}
