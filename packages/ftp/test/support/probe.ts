import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import * as tls from "node:tls";
import type { Addr } from "@belfry/net";

/** How long a reply may take unless a test says otherwise, in milliseconds. */
const PATIENCE = 5_000;

/** A reply as it came: its code and all its lines, without line ends. */
export interface ReceivedReply {
  readonly code: number;
  readonly lines: readonly string[];
}

/** A client on `node:net` alone that says just what it is told to. */
export class Probe {
  /** The socket the conversation goes over now: of TLS after {@link startTls}. */
  socket: Socket;
  /** How long a reply may take, in milliseconds. */
  patience = PATIENCE;
  #text = "";
  #isEnded = false;
  #onChange: (() => void) | null = null;

  private constructor(socket: Socket) {
    this.socket = socket;
    this.#listen();
  }

  /** Connects and takes the greeting. */
  static async connect(addr: Addr, localAddress?: string): Promise<Probe> {
    const probe = await Probe.dial(addr, localAddress);
    await probe.reply();
    return probe;
  }

  /** Connects and leaves the greeting to be read. */
  static async dial(addr: Addr, localAddress?: string): Promise<Probe> {
    const { host, port } = addr;
    const socket = connect({ host, port, localAddress, allowHalfOpen: true, noDelay: true });
    await once(socket, "connect");
    return new Probe(socket);
  }

  /** Whether the server has ended the connection, in whatever way. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Sends bytes as they are; text goes out a byte a character. */
  send(data: string | Uint8Array): void {
    this.socket.write(typeof data === "string" ? Buffer.from(data, "latin1") : data);
  }

  /** Waits for the next whole reply. */
  async reply(): Promise<ReceivedReply> {
    for (;;) {
      const taken = this.#take();
      if (taken !== null) return taken;
      if (this.#isEnded)
        throw new Error(`no reply: the server has ended the connection, after ${JSON.stringify(this.#text)}`);
      await this.#change();
    }
  }

  /** Waits for so many replies, and gives their codes. */
  async codes(count: number): Promise<number[]> {
    const codes: number[] = [];
    for (let i = 0; i < count; i++) codes.push((await this.reply()).code);
    return codes;
  }

  /** Sends a command and gives the next reply's code and last line, as in `200 Fine`. */
  async say(command: string): Promise<string> {
    this.send(`${command}\r\n`);
    return lastLine(await this.reply());
  }

  /** The next reply's code and last line. */
  async next(): Promise<string> {
    return lastLine(await this.reply());
  }

  async login(user = "anonymous", password = "me@here"): Promise<void> {
    await this.say(`USER ${user}`);
    const answer = await this.say(`PASS ${password}`);
    if (!answer.startsWith("230")) throw new Error(`not logged in: ${answer}`);
  }

  /** Asks for a passive port by EPSV. */
  async passivePort(): Promise<number> {
    const answer = await this.say("EPSV");
    const match = /\(\|\|\|(\d+)\|\)/.exec(answer);
    if (match === null) throw new Error(`no port in ${answer}`);
    return Number(match[1]);
  }

  /** Opens a passive data connection. */
  async data(): Promise<Socket> {
    const port = await this.passivePort();
    const socket = connect({ host: this.socket.remoteAddress ?? "", port, allowHalfOpen: true });
    socket.on("error", () => {});
    await once(socket, "connect");
    return socket;
  }

  /** Runs a command that sends data and gives all of it, once its final reply is here. @throws unless that is 226. */
  async fetch(command: string): Promise<Buffer> {
    const data = await this.data();
    this.send(`${command}\r\n`);
    const opening = await this.next();
    if (!opening.startsWith("150")) {
      data.destroy();
      throw new Error(opening);
    }
    const bytes = await buffer(data);
    data.destroy();
    const end = await this.next();
    if (!end.startsWith("226")) throw new Error(end);
    return bytes;
  }

  /** Runs a command that takes data and gives its final reply's last line. */
  async store(command: string, content: Uint8Array | string): Promise<string> {
    const data = await this.data();
    this.send(`${command}\r\n`);
    const opening = await this.next();
    if (!opening.startsWith("150")) {
      data.destroy();
      return opening;
    }
    data.end(content);
    const end = await this.next();
    data.destroy();
    return end;
  }

  /** Goes over to TLS as a client; the 234 has come. */
  async startTls(options: tls.ConnectionOptions): Promise<tls.TLSSocket> {
    this.socket.removeAllListeners();
    const secured = tls.connect({ socket: this.socket, ...options });
    await once(secured, "secureConnect");
    this.socket = secured;
    this.#listen();
    return secured;
  }

  /** Resolves when the server has ended the connection. */
  async ended(): Promise<void> {
    while (!this.#isEnded) await this.#change();
  }

  close(): void {
    this.socket.destroy();
  }

  #listen(): void {
    const { socket } = this;
    socket.on("data", (bytes: Buffer) => {
      this.#text += bytes.toString("latin1");
      this.#onChange?.();
    });
    const end = (): void => {
      this.#isEnded = true;
      this.#onChange?.();
    };
    socket.on("end", end).on("error", end).on("close", end);
  }

  #take(): ReceivedReply | null {
    const match = /^(?:(\d{3})-[^]*?\r\n\1|(\d{3})) [^\r\n]*\r\n/.exec(this.#text);
    if (match === null) return null;
    this.#text = this.#text.slice(match[0].length);
    const lines = match[0].slice(0, -2).split("\r\n");
    return { code: Number(match[1] ?? match[2]), lines };
  }

  #change(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`nothing came within ${this.patience} ms`)), this.patience);
      this.#onChange = () => {
        clearTimeout(timer);
        this.#onChange = null;
        resolve();
      };
    });
  }
}

function lastLine({ lines }: ReceivedReply): string {
  return lines.at(-1) ?? "";
}
