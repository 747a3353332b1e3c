import { once } from "node:events";
import { type AddressInfo, createServer, isIPv6, type Server, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { connect, TLSSocket } from "node:tls";
import type { FTPContext, FTPResponse } from "basic-ftp";

/**
 * Has the server make the next data connection (RFC 959 §4.1.2 PORT, RFC 2428 §2 EPRT), which the FTP library knows
 * nothing of: it is given a socket that is connected later, when the server calls.
 *
 * @throws {FTPError} when the server refuses; nothing listens then.
 */
export async function enterActiveMode(ftp: FTPContext): Promise<FTPResponse> {
  const listener = createServer();
  listener.listen(0, ftp.socket.localAddress);
  await once(listener, "listening");
  try {
    const response = await ftp.request(announcement(listener.address() as AddressInfo));
    ftp.dataSocket = new CalledSocket(listener, ftp) as Duplex as Socket;
    return response;
  } catch (error) {
    listener.close();
    throw error;
  }
}

function announcement({ address, port }: AddressInfo): string {
  const plain = plainAddress(address);
  if (isIPv6(plain)) return `EPRT |2|${plain}|${port}|`;
  return `PORT ${plain.replaceAll(".", ",")},${port >> 8},${port & 255}`;
}

/** An IPv4 address as such, also where the system takes it for an IPv6 one. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:/i, "");
}

/** A socket whose other end has yet to call: it has what the FTP library uses of one. */
class CalledSocket extends Duplex {
  readonly #listener: Server;
  readonly #ftp: FTPContext;
  readonly #called: Promise<Socket>;
  #giveUp: (reason: Error) => void = () => {};
  #socket: Socket | undefined;

  constructor(listener: Server, ftp: FTPContext) {
    // What is read ends without what is written, as in a socket.
    super({ allowHalfOpen: true });
    this.#listener = listener;
    this.#ftp = ftp;
    this.#called = new Promise((resolve, reject) => {
      this.#giveUp = reject;
      listener.on("connection", (socket) => {
        // Whoever else calls is no business of ours.
        if (!this.#isExpected(socket)) socket.destroy();
        else resolve(this.#take(socket));
      });
    });
    this.#called.catch(() => {});
  }

  get bytesRead(): number {
    return this.#socket?.bytesRead ?? 0;
  }

  get bytesWritten(): number {
    return this.#socket?.bytesWritten ?? 0;
  }

  get remoteAddress(): string | undefined {
    return this.#socket?.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.#socket?.remotePort;
  }

  /** The library watches transfers by their bytes, not by this. */
  setTimeout(): this {
    return this;
  }

  resetAndDestroy(): this {
    if (this.#socket !== undefined && !(this.#socket instanceof TLSSocket)) this.#socket.resetAndDestroy();
    return this.destroy();
  }

  override _read(): void {
    void this.#called.then((socket) => socket.resume()).catch(() => {});
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    void this.#withSocket((socket) => socket.write(chunk, done), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    void this.#withSocket((socket) => socket.end(done), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#listener.close();
    this.#giveUp(new Error("the data connection was given up"));
    this.#socket?.destroy();
    done(error);
  }

  async #withSocket(use: (socket: Socket) => unknown, onError: (error: Error) => void): Promise<void> {
    try {
      use(await this.#called);
    } catch (error) {
      onError(error as Error);
    }
  }

  #isExpected(socket: Socket): boolean {
    const { remoteAddress } = this.#ftp.socket;
    return this.#socket === undefined && socket.remoteAddress === remoteAddress;
  }

  #take(raw: Socket): Socket {
    this.#listener.close();
    raw.on("error", (error) => this.destroy(error));
    const socket = this.#secure(raw);
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) socket.pause();
    });
    let hasEnded = false;
    socket.on("end", () => {
      hasEnded = true;
      this.push(null);
    });
    socket.on("error", (error) => this.destroy(error));
    // After an end there may be bytes here that nobody has read yet.
    socket.on("close", () => {
      if (!hasEnded) this.destroy();
    });
    return socket;
  }

  /** RFC 4217 §7: whoever calls, the FTP client is the client of TLS. */
  #secure(raw: Socket): Socket {
    const { socket: control, tlsOptions, tlsSessionStore } = this.#ftp;
    if (!(control instanceof TLSSocket)) return raw;
    const session = tlsSessionStore ?? control.getSession();
    const socket = connect({ ...tlsOptions, socket: raw, ...(session !== undefined && { session }) });
    socket.on("session", (next) => (this.#ftp.tlsSessionStore = next));
    return socket;
  }
}
