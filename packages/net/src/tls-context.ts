import * as tls from "node:tls";
import type { TlsOptions, TlsServerOptions } from "./tls.js";

/** Sessions of clients that showed a certificate are resumed only where the context has a name at all (SSL_CTX_set_session_id_context(3)). */
const SESSION_ID_CONTEXT = "belfry";

/** A context costs a millisecond, so there is one for each options object. */
const serverContexts = new WeakMap<TlsServerOptions, tls.SecureContext>();
const clientContexts = new WeakMap<TlsOptions, tls.SecureContext>();

/**
 * The context a server side of TLS uses for these options: certificate, key and the keys of session tickets. Made once for
 * each object, so give the same object for the same certificate.
 *
 * Several connections that are to resume each other's sessions are given it as `secureContext`.
 *
 * @throws {Error} of OpenSSL's when certificate and key cannot be used.
 */
export function secureContextOf(options: TlsServerOptions): tls.SecureContext {
  if (options.secureContext !== undefined) return options.secureContext;
  let context = serverContexts.get(options);
  if (context === undefined) {
    context = tls.createSecureContext({
      ...contextOptions(options),
      sessionIdContext: options.sessionIdContext ?? SESSION_ID_CONTEXT,
      ...(options.ticketKeys !== undefined && { ticketKeys: Buffer.from(options.ticketKeys) }),
    });
    serverContexts.set(options, context);
  }
  return context;
}

/** The same for a client's side, which has no session id context: it would not resume sessions of others. */
export function clientContextOf(options: TlsOptions): tls.SecureContext {
  if (options.secureContext !== undefined) return options.secureContext;
  let context = clientContexts.get(options);
  if (context === undefined) {
    context = tls.createSecureContext(contextOptions(options));
    clientContexts.set(options, context);
  }
  return context;
}

function contextOptions(options: TlsOptions): tls.SecureContextOptions {
  return {
    ...(options.ca !== undefined && { ca: pem(options.ca) }),
    ...(options.cert !== undefined && { cert: pem(options.cert) }),
    ...(options.key !== undefined && { key: pem(options.key) }),
    ...(options.passphrase !== undefined && { passphrase: options.passphrase }),
    ...(options.maxVersion !== undefined && { maxVersion: options.maxVersion }),
    minVersion: options.minVersion ?? "TLSv1.2",
  };
}

type NodePem = string | Buffer | (string | Buffer)[];

function pem(value: NonNullable<TlsOptions["ca"]>): NodePem {
  const one = (item: string | Uint8Array): string | Buffer => (typeof item === "string" ? item : Buffer.from(item));
  return typeof value === "string" || value instanceof Uint8Array ? one(value) : value.map(one);
}
