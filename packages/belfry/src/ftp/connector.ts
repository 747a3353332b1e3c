import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { UsageError } from "../usage-error.js";
import type { FtpFlags } from "./options.js";
import type { Protection, Target } from "./target.js";
import type { RemoteOptions } from "./remote.js";

const PORT = 21;
/** Of TLS from the first byte. */
const IMPLICIT_PORT = 990;

/**
 * Joins a target and the options into what to connect with.
 *
 * @throws {UsageError} naming a file that cannot be read.
 */
export function remoteOptions(
  { host, port, protection }: Target,
  flags: FtpFlags,
  onLine: (line: string) => void,
): RemoteOptions {
  const wanted = protection ?? protectionOf(flags);
  return {
    host,
    port: port ?? (wanted === "implicit" ? IMPLICIT_PORT : PORT),
    protection: wanted,
    tls: tlsOptions(host, flags),
    timeout: flags.timeout,
    family: flags.ipv4 === true ? 4 : flags.ipv6 === true ? 6 : undefined,
    encoding: flags.encoding,
    onLine,
  };
}

/** Whether an address is this machine's own, so that nobody listens on the way. */
export function isLoopback(address: string): boolean {
  return /^(?:::ffff:)?127\./i.test(address) || address === "::1";
}

function protectionOf({ tls, implicit, cacert, insecure }: FtpFlags): Protection {
  if (implicit === true) return "implicit";
  // Whoever says which certificates to take wants to see one.
  return tls === true || cacert !== undefined || insecure === true ? "explicit" : "none";
}

function tlsOptions(host: string, { cacert, insecure }: FtpFlags): ConnectionOptions {
  return {
    // Both the name to verify and, in the library, what ties data connections to the session.
    host,
    ...(isIP(host) === 0 && { servername: host }),
    ...(cacert !== undefined && { ca: readAuthorities(cacert) }),
    ...(insecure === true && { rejectUnauthorized: false }),
  };
}

function readAuthorities(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(`Cannot use --cacert "${file}": ${(error as NodeJS.ErrnoException).code}`, { cause: error });
  }
}
