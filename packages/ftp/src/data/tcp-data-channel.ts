import type { Addr, Conn } from "@belfry/net";
import { Deadline, onAbort } from "@belfry/sync";
import type { HostPort } from "../protocol/host-port.js";
import { ReplyError } from "../protocol/reply.js";
import { checkTarget, dialClient, wrongFamily } from "./active-side.js";
import type { Cancellation } from "./cancellation.js";
import type { DataChannel, OpenOptions } from "./data-channel.js";
import { externalAddressOf } from "./external-address.js";
import { type IpAddress, ipAddressOf } from "./ip-address.js";
import type { PassiveOptions } from "./passive-options.js";
import { PassiveSide } from "./passive-side.js";
import type { Settings } from "../settings.js";
import type { SessionTls } from "./session-tls.js";

/** What a session's data connections are made from. */
export interface DataChannelOptions {
  /** The control connection's ends. */
  readonly localAddr: Addr;
  readonly remoteAddr: Addr;
  /** What the service allows; `dataTimeout` counts for a connection to come, before TLS. */
  readonly settings: Pick<Settings, "passive" | "active" | "dataTimeout">;
  /** TLS of the session; `null` when there is none. Used first by the first `open` that is protected. */
  readonly tls: SessionTls | null;
  /** The name of who is logged in. */
  readonly user: () => string;
}

/**
 * Makes the data connections of a session whose control connection goes over TCP. One over a Unix socket or a pipe
 * has them on the loopback interface.
 */
export function createDataChannel(options: DataChannelOptions): DataChannel {
  return new TcpDataChannel(options);
}

/** The longest a timer of the runtime can wait. */
const LONGEST_TIMEOUT = 2_147_483_647;

class TcpDataChannel implements DataChannel {
  readonly #options: DataChannelOptions;
  /** The control connection's address on this side. */
  readonly #own: IpAddress;
  readonly #timeout: number | undefined;
  #passive: PassiveSide | null = null;
  /** The client's port that was given with PORT or EPRT. */
  #activePort: number | null = null;
  #isPassive = false;
  #isClosed = false;
  /** When a wait for a passive connection has lasted too long. One for all transfers: a timer for each costs more. */
  readonly #late = new Deadline();

  constructor(options: DataChannelOptions) {
    this.#options = options;
    this.#own = ipAddressOf(options.localAddr);
    const { dataTimeout } = options.settings;
    this.#timeout = dataTimeout > 0 && dataTimeout <= LONGEST_TIMEOUT ? dataTimeout : undefined;
  }

  get isReady(): boolean {
    return this.#isPassive || this.#activePort !== null;
  }

  listen(family: "ipv4" | "ipv6" | null): HostPort | Promise<HostPort> {
    const { passive } = this.#options.settings;
    if (passive === null) throw new ReplyError(502, "Passive mode is switched off");
    if (this.#isClosed) throw new ReplyError(425, "Cannot enter passive mode: the session has ended");
    const own = this.#own;
    if (family !== null && family !== own.family) throw wrongFamily(own.family);
    this.forget();
    const host = family === "ipv4" ? this.#announced(passive) : own.text;
    const port = this.#passive?.port ?? null;
    if (port !== null && typeof host === "string") return this.#ready(host, port);
    return this.#listenAsked(passive, host);
  }

  dialLater(target: HostPort): void {
    if (!this.#options.settings.active) throw new ReplyError(502, "Active mode is switched off");
    checkTarget(target, this.#options.remoteAddr);
    this.forget();
    this.#activePort = target.port;
  }

  async open({ cancellation, isProtected, isUpload }: OpenOptions): Promise<Conn> {
    cancellation.throwIfCancelled();
    const activePort = this.#activePort;
    const isPassive = this.#isPassive;
    this.#activePort = null;
    this.#isPassive = false;
    if (activePort === null && !isPassive) throw new ReplyError(425, "Use PASV, EPSV, PORT or EPRT first");
    const conn = await (activePort === null ? this.#accept(cancellation) : this.#dial(activePort, cancellation.signal));
    return isProtected ? this.#protect(conn, isUpload, cancellation.signal) : conn;
  }

  forget(): void {
    this.#isPassive = false;
    this.#activePort = null;
    this.#passive?.forget();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#late.clear();
    this.forget();
    await this.#passive?.close();
  }

  #announced(passive: PassiveOptions): string | Promise<string> {
    const { remoteAddr, user } = this.#options;
    const client = {
      localAddress: this.#own.text,
      remoteAddress: ipAddressOf(remoteAddr).text,
      user: user(),
    };
    try {
      return externalAddressOf(passive)(client);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #listenAsked(passive: PassiveOptions, asked: string | Promise<string>): Promise<HostPort> {
    const { localAddr, remoteAddr } = this.#options;
    try {
      const host = await asked;
      if (this.#isClosed) throw new Error("the session has ended");
      this.#passive ??= new PassiveSide(localAddr, remoteAddr, passive.ports);
      const port = await this.#passive.listen();
      return this.#ready(host, port);
    } catch (cause) {
      throw new ReplyError(425, "Cannot enter passive mode", { cause });
    }
  }

  #ready(host: string, port: number): HostPort {
    this.#passive?.expect();
    this.#isPassive = true;
    return { host, port };
  }

  #accept(cancellation: Cancellation): Promise<Conn> {
    const passive = this.#passive;
    const late = this.#late;
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        late.set(null);
        late.callback = null;
        cancellation.onCancel(null);
      };
      const fail = (reason: unknown): void => {
        settle();
        passive?.leave();
        reject(reason);
      };
      cancellation.onCancel(fail);
      late.callback = () => fail(noConnection());
      if (this.#timeout !== undefined) late.set(Date.now() + this.#timeout);
      passive?.take((conn) => {
        settle();
        if (conn === null) reject(noConnection());
        else resolve(conn);
      });
    });
  }

  async #dial(port: number, signal: AbortSignal): Promise<Conn> {
    try {
      return await dialClient(port, this.#options, { signal, timeout: this.#timeout });
    } catch (cause) {
      signal.throwIfAborted();
      throw noConnection(cause);
    }
  }

  async #protect(conn: Conn, isUpload: boolean, signal: AbortSignal): Promise<Conn> {
    const { tls } = this.#options;
    if (tls === null) {
      conn.abort();
      throw new TypeError("Cannot protect a data connection: the session has no TLS");
    }
    const forget = onAbort(signal, (reason) => conn.abort(reason));
    try {
      const secured = await conn.startTls(tls.forData(isUpload));
      if (!tls.admits(secured.tls?.isSessionReused === true)) {
        throw new ReplyError(522, "TLS session of the control connection must be resumed");
      }
      signal.throwIfAborted();
      return secured;
    } catch (cause) {
      conn.abort();
      signal.throwIfAborted();
      throw cause instanceof ReplyError ? cause : new ReplyError(522, "Cannot negotiate TLS", { cause });
    } finally {
      forget();
    }
  }
}

function noConnection(cause?: unknown): ReplyError {
  return new ReplyError(425, "Cannot open data connection", cause === undefined ? undefined : { cause });
}
