import type { TLSSocket } from "node:tls";
import { startTimer } from "./delay.js";
import { BrokenError } from "./errors.js";
import type { ParsedProxyHeader } from "./proxy/proxy-parser.js";
import { ProxyParser } from "./proxy/proxy-parser.js";
import type { ResolvedProxyOptions } from "./proxy/proxy-options.js";
import { skip, StreamConn } from "./stream-conn.js";
import type { StartTlsOptions } from "./tls.js";
import { secure } from "./tls-handshake.js";
import type { Wire } from "./wire.js";

/** What comes before a connection is handed out. */
export interface EntranceSteps {
  readonly proxy: ResolvedProxyOptions | null;
  /** Asked for each connection. */
  readonly tls: (() => StartTlsOptions) | null;
}

/** A connection that has arrived and is not handed out yet: its PROXY header is read, and TLS is put on it. */
export class Entering {
  readonly #wire: Wire;
  readonly #steps: EntranceSteps;
  #stopReason: Error | null = null;
  #abort: () => void;

  constructor(wire: Wire, steps: EntranceSteps) {
    this.#wire = wire;
    this.#steps = steps;
    this.#abort = () => new StreamConn(wire).abort();
  }

  /** @throws {BrokenError} when it was lost on the way; it is reset then. */
  async run(): Promise<StreamConn> {
    try {
      const conn = this.#takesHeader() ? await this.#readHeader() : null;
      if (this.#steps.tls !== null) return await this.#secure(conn, this.#steps.tls());
      return conn ?? new StreamConn(this.#wire);
    } catch (error) {
      this.#abort();
      throw this.#lost(error);
    }
  }

  /** Resets it; `run` rejects. */
  stop(reason: Error): void {
    this.#stopReason ??= reason;
    this.#abort();
  }

  #takesHeader(): boolean {
    const { proxy } = this.#steps;
    const { network, host } = this.#wire.remoteAddr;
    if (proxy === null) return false;
    if (network === "unix" || proxy.trust.has(host)) return true;
    if (proxy.untrusted === "refuse") throw new Error("it comes from no trusted proxy");
    return false;
  }

  async #readHeader(): Promise<StreamConn> {
    const wire = this.#wire;
    const conn = new StreamConn(wire);
    this.#abort = () => conn.abort();
    const { timeout } = this.#steps.proxy as ResolvedProxyOptions;
    const late = (): void => this.stop(new Error(`its PROXY header took longer than ${timeout} ms`));
    const timer = startTimer(timeout, late);
    try {
      const { header, length, rest } = await readHeader(conn);
      conn[skip](length, rest);
      const { localAddr, remoteAddr } = wire;
      const { ends, ...details } = header;
      wire.proxy = { ...details, localAddr, remoteAddr };
      if (ends !== null) ({ localAddr: wire.localAddr, remoteAddr: wire.remoteAddr } = ends);
      return conn;
    } finally {
      clearTimeout(timer);
    }
  }

  async #secure(conn: StreamConn | null, options: StartTlsOptions): Promise<StreamConn> {
    const wire = this.#wire;
    const early = conn === null ? null : await takeEarly(conn);
    const transport = wire.release();
    this.#abort = () => void transport.destroy();
    if (early !== null && transport.readableEnded) throw new Error("it ended before its TLS handshake");
    if (early !== null) transport.unshift(early);
    const { localAddr, remoteAddr } = wire;
    const secured = await secure(transport, options, { op: "accept", localAddr, remoteAddr }, (socket: TLSSocket) => {
      // Never the transport from under TLS; see Handshake.
      this.#abort = () => void socket.destroy();
    });
    secured.proxy = wire.proxy;
    return new StreamConn(secured);
  }

  #lost(error: unknown): BrokenError {
    const { localAddr, remoteAddr } = this.#wire;
    const cause = this.#stopReason ?? (error instanceof BrokenError ? error.cause : error);
    return new BrokenError({ op: "accept", localAddr, remoteAddr }, cause);
  }
}

async function readHeader(conn: StreamConn): Promise<ParsedProxyHeader> {
  const parser = new ProxyParser();
  for (;;) {
    const chunk = await conn.read();
    if (chunk === null) throw new Error("it ended before its PROXY header was complete");
    const parsed = parser.push(chunk);
    if (parsed !== null) return parsed;
  }
}

/** What came behind the header, which is the start of TLS; `null` if nothing did. */
async function takeEarly(conn: StreamConn): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  for (let left = conn.bytesRead; left > 0;) {
    const chunk = (await conn.read()) as Uint8Array;
    chunks.push(chunk);
    left -= chunk.byteLength;
  }
  return chunks.length === 0 ? null : Buffer.concat(chunks);
}
