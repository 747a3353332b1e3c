import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { createSecureContext } from "node:tls";
import type { TlsServerOptions } from "@belfry/net";

/** How long the files are taken to be as they were, in milliseconds. */
const LOOK_EVERY = 1_000;

/** Options of {@link certificateFiles}. */
export interface CertificateFilesOptions {
  /** PEM: the certificate, and those between it and the root behind it. */
  readonly cert: string;
  /** PEM: its key. May be the same file. */
  readonly key: string;
  /** PEM: who signs the certificates clients must show; without it they are not asked for one. */
  readonly clientCa?: string | undefined;
  /** Goes with them in the credentials. */
  readonly settings?: Pick<TlsServerOptions, "alpnProtocols" | "handshakeTimeout" | "minVersion"> | undefined;
  /** Told once when changed files cannot be used; those before stay in use. */
  readonly onBad: (error: Error) => void;
  /** Told when changed files are in use, with what is in them in words, and what is wrong with it. */
  readonly onChanged: (description: string, warning: string | null) => void;
}

/** A certificate that follows its files. */
export interface CertificateFiles {
  /** Whose it is and how long, in words: `certificate of localhost, valid until 2126-10-27`. */
  readonly description: string;
  /** That it has expired, or is not valid yet; `null` when it is. No error: a certificate that is renewed late is served until then. */
  readonly warning: string | null;
  /** What to use now: the same object as long as the files are the same. */
  readonly credentials: () => TlsServerOptions;
}

/**
 * Reads a certificate, and reads it anew when its files change, so that a renewed one is served without a restart.
 *
 * @throws {Error} that names the file, when they cannot be used at first.
 */
export function certificateFiles(options: CertificateFilesOptions): CertificateFiles {
  const paths = [options.cert, options.key, ...(options.clientCa === undefined ? [] : [options.clientCa])];
  let stamp = stampOf(paths);
  const first = load(options);
  let current = first;
  let lookedAt = Date.now();
  const look = (): void => {
    const now = stampOf(paths);
    if (now === stamp) return;
    // Noted before they are read: files that cannot be used are told of once, and tried again when they change.
    stamp = now;
    try {
      current = load(options);
      options.onChanged(current.description, current.warning);
    } catch (error) {
      options.onBad(error as Error);
    }
  };
  const credentials = (): TlsServerOptions => {
    if (Date.now() - lookedAt >= LOOK_EVERY) {
      lookedAt = Date.now();
      look();
    }
    return current.credentials;
  };
  return { description: first.description, warning: first.warning, credentials };
}

/** Changes when a file does, appears or vanishes. */
function stampOf(paths: readonly string[]): string {
  return paths.map(stampOfFile).join(" ");
}

function stampOfFile(path: string): string {
  try {
    const { mtimeMs, ctimeMs, size, ino } = statSync(path);
    return `${mtimeMs}:${ctimeMs}:${size}:${ino}`;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

interface Loaded {
  readonly credentials: TlsServerOptions;
  readonly description: string;
  readonly warning: string | null;
}

function load({ cert, key, clientCa, settings }: CertificateFilesOptions): Loaded {
  const texts = {
    cert: read("certificate", cert),
    key: read("private key", key),
    ...(clientCa !== undefined && { ca: read("certificate", clientCa) }),
  };
  const credentials = { ...settings, ...texts, ...(clientCa !== undefined && { requestCert: true }) };
  try {
    // Tried here, where the error can name the files, and not in the first handshake.
    createSecureContext(texts);
    const certificate = new X509Certificate(texts.cert);
    // OpenSSL compares keys of one kind only: an EC key beside an RSA certificate fails in each handshake.
    if (!certificate.checkPrivateKey(createPrivateKey(texts.key))) throw new Error("key values mismatch");
    return { credentials, description: describe(certificate), warning: warnOf(certificate) };
  } catch (cause) {
    const files = [`certificate "${cert}"`, `key "${key}"`, ...(clientCa === undefined ? [] : [`CA "${clientCa}"`])];
    throw new Error(`Cannot use ${files.join(" with ")}: ${reasonOf(cause as Error)}`, { cause });
  }
}

function read(what: "certificate" | "private key", path: string): string {
  const text = readText(what, path);
  // OpenSSL's own words for it differ from version to version, and say little.
  const begin = what === "certificate" ? /^-----BEGIN CERTIFICATE-----/m : /^-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/m;
  if (!begin.test(text)) throw new Error(`Cannot use "${path}": expected a ${what} in PEM`);
  return text;
}

function readText(what: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new Error(`Cannot read ${what} "${path}": ${code ?? message}`, { cause });
  }
}

/** OpenSSL's words without its numbers: `error:0480006C:PEM routines::no start line`. */
function reasonOf({ message }: Error): string {
  return message.replace(/^error:[0-9A-F]+:/i, "").replace("::", ": ");
}

function describe(certificate: X509Certificate): string {
  const { validFrom, validTo } = certificate;
  const name = nameOf(certificate);
  if (isPast(validTo)) return `certificate of ${name}, which has expired on ${dayOf(validTo)}`;
  const from = isPast(validFrom) ? "" : `from ${dayOf(validFrom)} `;
  return `certificate of ${name}, valid ${from}until ${dayOf(validTo)}`;
}

function warnOf(certificate: X509Certificate): string | null {
  const { validFrom, validTo } = certificate;
  const name = nameOf(certificate);
  if (isPast(validTo)) return `the certificate of ${name} has expired on ${dayOf(validTo)}: clients will refuse it`;
  return isPast(validFrom) ? null : `the certificate of ${name} is not valid before ${dayOf(validFrom)}`;
}

function nameOf({ subject, subjectAltName = "" }: X509Certificate): string {
  const [, name] = /(?:DNS|IP Address):([^,\s]+)/.exec(subjectAltName) ?? /^CN=(.*)$/m.exec(subject ?? "") ?? [];
  return name ?? "nobody";
}

function isPast(time: string): boolean {
  return Date.parse(time) < Date.now();
}

function dayOf(time: string): string {
  return new Date(time).toISOString().slice(0, 10);
}
