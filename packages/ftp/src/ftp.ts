import type { Conn } from "@belfry/net";
import { Emitter } from "@belfry/server";
import type { Service, ServiceContext } from "@belfry/server";
import { FTP_CHANNELS } from "./channels.js";
import { createSessionTls } from "./data/session-tls.js";
import type { SessionTls } from "./data/session-tls.js";
import type { FtpEventName, FtpEvents } from "./events.js";
import type { FtpOptions } from "./options.js";
import { formatReply, reply } from "./protocol/reply.js";
import { FtpSession } from "./session/ftp-session.js";
import type { SessionHost } from "./session/session-host.js";
import type { SessionInfo } from "./session/session-info.js";
import { resolveSettings } from "./settings.js";
import type { Settings } from "./settings.js";
import { addressKey } from "./users/address-key.js";
import { createLoginDesk } from "./users/create-login-desk.js";
import type { LoginDesk, LoginDeskOptions } from "./users/login-desk.js";

/** An FTP service: what `serve` takes, and a hand on its sessions. */
export interface FtpService extends Service {
  /**
   * Adds a listener of an event; one that throws becomes a process warning.
   *
   * @returns a function that removes it.
   */
  on<E extends FtpEventName>(name: E, listener: (event: FtpEvents[E]) => unknown): () => void;
  /** All sessions at this moment. */
  sessions(): readonly SessionInfo[];
}

/**
 * Serves files by FTP (RFC 959 and those after it), in the clear or under TLS (RFC 4217).
 *
 * Without options it serves the working directory, read only, to anybody. Give one `authenticate` for users, each with files,
 * permissions and limits of their own. When the server drains, transfers under way end first.
 *
 * @throws {TypeError | RangeError} that names a wrong option and its value.
 * @example
 * ```ts
 * import { ftp, memoryStorage } from "@belfry/ftp";
 * import { serve } from "@belfry/server";
 *
 * const service = ftp({ storage: memoryStorage() });
 * service.on("download", ({ user, path, bytes }) => console.log(user, path, bytes));
 * const server = await serve({ port: 0, name: "ftp" }, service);
 * await server.shutdown();
 * ```
 */
export function ftp(options: FtpOptions = {}): FtpService {
  const sessions = new Sessions(resolveSettings(options));
  const service = (conn: Conn, context: ServiceContext): Promise<void> => sessions.serve(conn, context);
  return Object.assign(service, {
    on: <E extends FtpEventName>(name: E, listener: (event: FtpEvents[E]) => unknown) =>
      sessions.emitter.on(name, listener),
    sessions: () => sessions.sessionInfos(),
  });
}

/** The sessions of one service and what they share. */
class Sessions implements SessionHost {
  readonly settings: Settings;
  readonly emitter = new Emitter(FTP_CHANNELS);
  readonly desk: LoginDesk;
  readonly #sessions = new Set<FtpSession>();
  /** Sessions of each remote address, as bans count it: an IPv6 client has more addresses than there are sessions. */
  readonly #counts = new Map<string, number>();

  constructor(settings: Settings) {
    const { authenticate, throttle, loginCounts: counts } = settings;
    this.settings = settings;
    const onBan: LoginDeskOptions["onBan"] = (ban) => this.emitter.emit("ban", () => ban);
    this.desk = createLoginDesk({ authenticate, throttle, counts, onBan });
  }

  serve(conn: Conn, context: ServiceContext): Promise<void> {
    const address = keyOf(conn);
    const count = this.#counts.get(address) ?? 0;
    const { maxSessions, maxSessionsPerAddress } = this.settings;
    if (this.#sessions.size >= maxSessions) return refuse(conn, "Too many sessions: try again later");
    if (count >= maxSessionsPerAddress) return refuse(conn, "Too many sessions from this address");
    const session = new FtpSession(conn, context.id, this);
    this.#sessions.add(session);
    this.#counts.set(address, count + 1);
    return session.serve(context);
  }

  left(session: FtpSession): void {
    const address = keyOf(session);
    this.#sessions.delete(session);
    const left = (this.#counts.get(address) ?? 1) - 1;
    if (left > 0) this.#counts.set(address, left);
    else this.#counts.delete(address);
  }

  sessionTls(): SessionTls | null {
    return this.settings.tls === null ? null : createSessionTls(this.settings.tls);
  }

  sessionInfos(): readonly SessionInfo[] {
    return Array.from(this.#sessions, (session) => session.info());
  }
}

function keyOf({ remoteAddr: { host } }: Pick<Conn, "remoteAddr">): string {
  return addressKey(host) ?? host;
}

/** With implicit TLS the client cannot read this, and takes the end of the connection for it. */
async function refuse(conn: Conn, text: string): Promise<void> {
  await conn.write(formatReply(reply(421, text)));
}
