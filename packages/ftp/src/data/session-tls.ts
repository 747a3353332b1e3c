import { secureContextOf } from "@belfry/net";
import type { StartTlsOptions, TlsServerOptions } from "@belfry/net";
import { randomBytes } from "node:crypto";
import type { SecureContext } from "node:tls";
import type { FtpTlsOptions } from "../options.js";
import { ControlSessions } from "./control-sessions.js";
import { renewTickets } from "./renew-tickets.js";

/** TLS of one control connection and its data connections (RFC 4217). */
export interface SessionTls {
  /** Whether a data connection must resume a TLS session of this control connection. */
  readonly requiresSessionReuse: boolean;

  /**
   * For `startTls` on the control connection. Asks for the credentials on the first call, and keeps them for the session.
   *
   * @throws {TypeError} when the credentials cannot be used; what the function that gives them throws; OpenSSL's error.
   */
  forControl(): StartTlsOptions;

  /**
   * For `startTls` on a data connection: the same certificate and session tickets, without a client certificate. An
   * upload ends with close_notify, where that is required.
   */
  forData(isUpload: boolean): StartTlsOptions;
}

/**
 * Makes the TLS side of one session. Costs nothing until it is used; then a millisecond a session with
 * `requireSessionReuse`, and a millisecond for each credentials object without.
 *
 * With `requireSessionReuse` each session has ticket keys and a session id context of its own, so that no other session's
 * tickets can be resumed in it (RFC 5077 §4, RFC 8446 §4.6.1): `isSessionReused` on a data connection is the
 * proof that its peer holds the keys of this control connection, as long as no data connection has made a session of its own.
 */
export function createSessionTls(options: Required<FtpTlsOptions>): SessionTls {
  return new OneSessionTls(options);
}

class OneSessionTls implements SessionTls {
  readonly requiresSessionReuse: boolean;
  readonly #options: Required<FtpTlsOptions>;
  /** `null` where no session needs to be resumed; tickets do for those that may be. */
  readonly #sessions: ControlSessions | null;
  /** Who only sends does not read a ticket, and resets the connection when it closes with one unread, at the price of what it has sent. */
  #renews = true;
  #made: { readonly credentials: TlsServerOptions; readonly secureContext: SecureContext } | null = null;

  constructor(options: Required<FtpTlsOptions>) {
    this.#options = options;
    this.requiresSessionReuse = options.requireSessionReuse === true;
    this.#sessions = this.requiresSessionReuse ? new ControlSessions() : null;
  }

  forControl(): StartTlsOptions {
    const { credentials, secureContext } = this.#use();
    return {
      ...credentials,
      secureContext,
      isServer: true,
      ...(this.#sessions !== null && { sessions: this.#sessions.forControl }),
    };
  }

  forData(isUpload: boolean): StartTlsOptions {
    const { credentials, secureContext } = this.#use();
    const { handshakeTimeout } = credentials;
    this.#renews = !isUpload;
    return {
      isServer: true,
      secureContext,
      requireCloseNotify: isUpload && this.#options.requireCloseNotify === true,
      ...(handshakeTimeout !== undefined && { handshakeTimeout }),
      ...(this.#sessions !== null && { sessions: this.#sessions.forData }),
    };
  }

  #use(): { readonly credentials: TlsServerOptions; readonly secureContext: SecureContext } {
    if (this.#made !== null) return this.#made;
    const given = this.#options.credentials;
    const credentials = typeof given === "function" ? given() : given;
    const secureContext = this.requiresSessionReuse
      ? ownContext(credentials, () => this.#renews)
      : secureContextOf(credentials);
    return (this.#made = { credentials, secureContext });
  }
}

function ownContext(credentials: TlsServerOptions, renews: () => boolean): SecureContext {
  if (credentials.secureContext !== undefined) {
    throw new TypeError("Cannot require session reuse with a secureContext made beforehand: expected cert and key");
  }
  const context = secureContextOf({
    ...credentials,
    ticketKeys: randomBytes(48),
    sessionIdContext: randomBytes(16).toString("hex"),
  });
  renewTickets(context, renews);
  return context;
}
