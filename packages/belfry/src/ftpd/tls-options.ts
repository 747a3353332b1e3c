import type { FtpTlsOptions } from "@belfry/ftp";
import { UsageError } from "../usage-error.js";
import { certificateFiles } from "../certificates/certificate-files.js";
import type { FtpdOptions } from "./options.js";

/** TLS from the command line. */
export interface FtpdTls {
  readonly options: FtpTlsOptions;
  /** In words, for the log. */
  readonly description: string;
}

/** Told what happens to the certificate while the server runs. */
export type TellCertificate = (level: "error" | "info", message: string) => void;

/**
 * @returns `null` without TLS.
 * @throws {UsageError} for options that do not go together.
 * @throws {Error} that names the file, when the certificate cannot be used.
 */
export function createTls(options: FtpdOptions, tell: TellCertificate): FtpdTls | null {
  const { tlsCert, tlsKey, tlsClientCa, implicit, requireSessionReuse } = options;
  const { tls = tlsCert === undefined ? "off" : "optional" } = options;
  if (tlsCert === undefined) {
    const lone = [
      tls !== "off" && `--tls ${tls}`,
      tlsKey !== undefined && "--tls-key",
      tlsClientCa !== undefined && "--tls-client-ca",
      implicit === true && "--implicit",
      requireSessionReuse === true && "--require-session-reuse",
    ].find((name) => name !== false);
    if (lone !== undefined) throw new UsageError(`Cannot use ${lone} without a certificate: expected --tls-cert`);
    return null;
  }
  if (tls === "off") return null;
  const files = certificateFiles({
    cert: tlsCert,
    key: tlsKey ?? tlsCert,
    clientCa: tlsClientCa,
    onBad: (error) => tell("error", `the certificate in use stays: ${error.message}`),
    onChanged: (description) => tell("info", `new sessions get a new ${description}`),
  });
  const require = tls === "required" ? "data" : "none";
  const how = implicit === true ? "from the first byte" : tls === "required" ? "required" : "for those who ask";
  return {
    options: { credentials: files.credentials, require, isImplicit: implicit, requireSessionReuse },
    description: `TLS ${how}, ${files.description}`,
  };
}
