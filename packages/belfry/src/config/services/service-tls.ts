import { resolve } from "node:path";
import {
  type CertificateFiles,
  certificateFiles,
  type CertificateFilesOptions,
} from "../../certificates/certificate-files.js";
import type { Diary } from "../../log/diary.js";

/** TLS as a config has it, checked. Times are milliseconds. */
export interface TlsSettings {
  readonly cert: string;
  readonly key?: string | undefined;
  readonly clientCa?: string | undefined;
  readonly minVersion?: "TLSv1.2" | "TLSv1.3" | undefined;
  readonly alpnProtocols?: readonly string[] | undefined;
  readonly handshakeTimeout?: number | undefined;
}

/**
 * The certificate of a service, which follows its files; what becomes of it is told to the service's diary.
 *
 * @param directory what relative paths are seen from.
 * @throws {Error} that names the file, when it cannot be used.
 */
export function serviceTls(tls: TlsSettings, directory: string, name: string, diary: Diary): CertificateFiles {
  const { cert, key = cert, clientCa, minVersion, alpnProtocols, handshakeTimeout } = tls;
  const settings: CertificateFilesOptions["settings"] = {
    ...(minVersion !== undefined && { minVersion }),
    ...(alpnProtocols !== undefined && { alpnProtocols }),
    ...(handshakeTimeout !== undefined && { handshakeTimeout }),
  };
  const files = certificateFiles({
    cert: resolve(directory, cert),
    key: resolve(directory, key),
    clientCa: clientCa === undefined ? undefined : resolve(directory, clientCa),
    settings,
    onBad: (error) =>
      diary.write("error", `${name}: the certificate in use stays: ${error.message}`, { service: name }),
    onChanged(description, warning) {
      diary.write("info", `${name}: new connections get a new ${description}`, { service: name });
      if (warning !== null) diary.write("warn", `${name}: ${warning}`, { service: name });
    },
  });
  if (files.warning !== null) diary.write("warn", `${name}: ${files.warning}`, { service: name });
  return files;
}
