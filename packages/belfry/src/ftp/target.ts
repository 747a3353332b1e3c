import { UsageError } from "../usage-error.js";

/** How a connection is protected: not at all, by `AUTH TLS`, or from its first byte. */
export type Protection = "none" | "explicit" | "implicit";

/** Where to connect and as whom, as it was typed. */
export interface Target {
  readonly host: string;
  /** `undefined` for the usual one. */
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** The directory to change to; `undefined` to stay where the server starts. */
  readonly directory: string | undefined;
  /** What the scheme asks for; `undefined` when it leaves that open. */
  readonly protection: Protection | undefined;
}

const SCHEMES: ReadonlyMap<string, Protection | undefined> = new Map([
  ["ftp", undefined],
  ["ftps", "implicit"],
  ["ftpes", "explicit"],
]);

const FORM = /^(?:([a-z]+):\/\/)?(?:([^/]*)@)?(\[[^\]]+\]|[^:/[\]@]+)(?::(\d{1,5}))?(\/.*)?$/i;

/**
 * Reads `[ftp://][USER[:PASSWORD]@]HOST[:PORT][/DIRECTORY]`; `ftps://` is TLS from the first byte, `ftpes://` after
 * `AUTH TLS`. In a URL, `%20` and its like stand for a sign.
 *
 * @throws {UsageError} saying what was expected, without the password.
 */
export function parseTarget(text: string): Target {
  const match = FORM.exec(text);
  const [, scheme, userinfo, host = "", port, directory] = match ?? [];
  const isUrl = scheme !== undefined;
  if (match === null || (isUrl && !SCHEMES.has(scheme.toLowerCase()))) {
    throw new UsageError(`Cannot use the server "${withoutPassword(text)}": expected [ftp://][USER@]HOST[:PORT]`);
  }
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) {
    throw new UsageError(`Cannot use port ${port}: expected a whole number from 1 to 65535`);
  }
  const decode = (part: string): string => (isUrl ? decodePart(part) : part);
  const colon = userinfo?.indexOf(":") ?? -1;
  const user = colon < 0 ? userinfo : userinfo?.slice(0, colon);
  const path = directory?.slice(1);
  return {
    host: host.replaceAll(/[[\]]/g, ""),
    port: port === undefined ? undefined : Number(port),
    user: user === undefined || user === "" ? undefined : decode(user),
    password: colon < 0 || userinfo === undefined ? undefined : decode(userinfo.slice(colon + 1)),
    directory: path === undefined || path === "" ? undefined : decode(path),
    protection: isUrl ? SCHEMES.get(scheme.toLowerCase()) : undefined,
  };
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    throw new UsageError("Cannot use the server's URL: a % in it is not followed by two hexadecimal digits", {
      cause: error,
    });
  }
}

function withoutPassword(text: string): string {
  return text.replace(/:[^/@][^@]*@/, ":***@");
}
