import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import type { ParsedAddress, TlsClientOptions, TlsServerOptions } from "@belfry/net";
import { type NetcatFlags, wantsTls } from "./options.js";

/**
 * What to dial with; `undefined` for no TLS.
 *
 * @param target as typed, for its name is what the certificate must be for.
 * @throws {Error} naming a file that cannot be read.
 */
export function clientTls(flags: NetcatFlags, target: ParsedAddress): TlsClientOptions | undefined {
  if (!wantsTls(flags)) return undefined;
  const named = target.path === undefined && isIP(target.host) === 0 ? target.host : undefined;
  const servername = flags.tlsServername ?? named;
  return {
    ...sharedTls(flags),
    ...(servername !== undefined && { servername }),
    ...(flags.tlsInsecure === true && { rejectUnauthorized: false }),
  };
}

/** What to listen with; `undefined` for no TLS. With `--tls-ca`, callers must show a certificate of that authority. */
export function serverTls(flags: NetcatFlags): TlsServerOptions | undefined {
  if (!wantsTls(flags)) return undefined;
  return { ...sharedTls(flags), ...(flags.tlsCa !== undefined && { requestCert: true }) };
}

function sharedTls({ tlsCa, tlsCert, tlsKey }: NetcatFlags): Pick<TlsServerOptions, "ca" | "cert" | "key"> {
  return {
    ...(tlsCa !== undefined && { ca: read("--tls-ca", tlsCa) }),
    ...(tlsCert !== undefined && { cert: read("--tls-cert", tlsCert) }),
    ...(tlsKey !== undefined && { key: read("--tls-key", tlsKey) }),
  };
}

function read(flag: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(`Cannot use ${flag} "${file}": ${(error as NodeJS.ErrnoException).code}`, { cause: error });
  }
}
