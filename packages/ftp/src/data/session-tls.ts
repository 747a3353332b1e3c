import { secureContextOf } from "@belfry/net";
import type { StartTlsOptions, TlsServerOptions } from "@belfry/net";
import { randomBytes } from "node:crypto";
import type { SecureContext } from "node:tls";
import type { FtpTlsOptions } from "../options.js";
import { ControlSessions } from "./control-sessions.js";
import { TicketKeys } from "./ticket-keys.js";

/** TLS of one control connection and its data connections (RFC 4217). */
export interface SessionTls {
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

  /**
   * Whether the data connection whose handshake is over, the last {@link forData} was called for, may be used. To be
   * asked of each.
   *
   * @param isReused whether it has resumed a session.
   */
  admits(isReused: boolean): boolean;
}

/**
 * Makes the TLS side of one session. Costs nothing until it is used; then a millisecond a session with
 * `requireSessionReuse`, and a millisecond for each credentials object without.
 *
 * With `requireSessionReuse` each session has ticket keys and a session id context of its own, so that no other session's
 * tickets can be resumed in it (RFC 5077 §4, RFC 8446 §4.6.1), and neither can what a data connection was given that has
 * resumed none: `isSessionReused` on a data connection is the proof that its peer holds the keys of this control connection.
 */
export function createSessionTls(options: Required<FtpTlsOptions>): SessionTls {
  return new OneSessionTls(options);
}

/** What a session's TLS is made of, once it is used. */
interface Made {
  readonly credentials: TlsServerOptions;
  readonly secureContext: SecureContext;
  /** `null` where no session needs to be resumed. */
  readonly tickets: TicketKeys | null;
}

class OneSessionTls implements SessionTls {
  readonly #options: Required<FtpTlsOptions>;
  /** `null` where no session needs to be resumed; tickets do for those that may be. */
  readonly #sessions: ControlSessions | null;
  /** Who only sends does not read a ticket, and resets the connection when it closes with one unread, at the price of what it has sent. */
  #renews = true;
  #made: Made | null = null;
  /** A data connection has made a session of its own, whose tickets cannot be told from others. */
  #isSpoiled = false;

  constructor(options: Required<FtpTlsOptions>) {
    this.#options = options;
    this.#sessions = options.requireSessionReuse === true ? new ControlSessions() : null;
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
    const { credentials, secureContext, tickets } = this.#use();
    const { handshakeTimeout } = credentials;
    tickets?.begin();
    this.#renews = !isUpload;
    return {
      isServer: true,
      secureContext,
      requireCloseNotify: isUpload && this.#options.requireCloseNotify === true,
      ...(handshakeTimeout !== undefined && { handshakeTimeout }),
      ...(this.#sessions !== null && { sessions: this.#sessions.forData }),
    };
  }

  admits(isReused: boolean): boolean {
    const tickets = this.#made?.tickets ?? null;
    if (tickets === null) return true;
    this.#isSpoiled ||= !isReused && !tickets.areHeeded;
    const isAdmitted = isReused && !this.#isSpoiled;
    if (isAdmitted) tickets.trust();
    return isAdmitted;
  }

  #use(): Made {
    if (this.#made !== null) return this.#made;
    const given = this.#options.credentials;
    const credentials = typeof given === "function" ? given() : given;
    const isOwn = this.#sessions !== null;
    const secureContext = isOwn ? ownContext(credentials) : secureContextOf(credentials);
    const tickets = isOwn ? new TicketKeys(secureContext, () => this.#renews) : null;
    return (this.#made = { credentials, secureContext, tickets });
  }
}

function ownContext(credentials: TlsServerOptions): SecureContext {
  if (credentials.secureContext !== undefined) {
    throw new TypeError("Cannot require session reuse with a secureContext made beforehand: expected cert and key");
  }
  return secureContextOf({
    ...credentials,
    ticketKeys: randomBytes(48),
    sessionIdContext: randomBytes(16).toString("hex"),
  });
}
