import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import * as tls from "node:tls";
import { certificate } from "@belfry/testkit";
import type { Probe } from "./probe.js";

/** A {@link Probe} under TLS, with the session its data connections resume. */
export class TlsProbe {
  readonly probe: Probe;
  readonly #options: tls.ConnectionOptions;
  #session: Buffer | undefined;

  private constructor(probe: Probe, options: tls.ConnectionOptions) {
    this.probe = probe;
    this.#options = { ca: certificate.cert, checkServerIdentity: () => undefined, ...options };
  }

  /** Sends AUTH TLS, does the handshake, and has data connections go under TLS. */
  static async secure(probe: Probe, options: tls.ConnectionOptions = {}): Promise<TlsProbe> {
    const made = new TlsProbe(probe, options);
    await probe.say("AUTH TLS");
    await made.handshake();
    await probe.say("PBSZ 0");
    await probe.say("PROT P");
    return made;
  }

  /** Does the handshake at once. */
  static async secureAtOnce(probe: Probe, options: tls.ConnectionOptions = {}): Promise<TlsProbe> {
    const made = new TlsProbe(probe, options);
    await made.handshake();
    return made;
  }

  /** The newest session of the control connection. */
  get session(): Buffer | undefined {
    return this.#session;
  }

  async handshake(): Promise<void> {
    const starting = this.probe.startTls(this.#options);
    const secured = await starting;
    // Under TLS 1.3 a session comes after the handshake.
    this.#session = secured.getSession();
    secured.on("session", (session) => (this.#session = session));
  }

  /**
   * Opens a data connection for a command, whose 150 has not come yet.
   *
   * @param session what to resume; by default the control connection's.
   */
  async open(command: string, session: Buffer | null | undefined = this.#session): Promise<tls.TLSSocket> {
    const socket = await this.probe.data();
    this.probe.send(`${command}\r\n`);
    const data = tls.connect({ socket, ...this.#options, ...(session instanceof Uint8Array && { session }) });
    data.on("error", () => {});
    return data;
  }

  /** As `Probe.fetch`. */
  async fetch(command: string, session?: Buffer | null): Promise<Buffer> {
    const data = await this.open(command, session);
    const bytes = await buffer(data);
    await this.probe.next();
    const end = await this.probe.next();
    if (!end.startsWith("226")) throw new Error(end);
    return bytes;
  }

  /** As `Probe.store`; ends with close_notify. */
  async store(command: string, content: Uint8Array | string): Promise<string> {
    const data = await this.open(command);
    await once(data, "secureConnect");
    await this.probe.next();
    data.resume().end(content);
    const end = await this.probe.next();
    data.destroy();
    return end;
  }
}
