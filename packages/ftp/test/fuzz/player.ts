import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Server, Socket } from "node:net";
import * as tls from "node:tls";
import { readReplies, readVerbs } from "./judge.js";
import type { Conversation } from "./judge.js";
import type { DataUse, Script, Step } from "./script.js";

/** Where a client talks from and to. */
export interface Ends {
  readonly port: number;
  readonly serverHost: string;
  readonly host: string;
  /** An address of somebody else; `null` where the loopback interface has only one. */
  readonly strangerHost: string | null;
}

/** How long a step waits for a reply that need not come, and the end of a session for the server. */
const STEP_PATIENCE = 3_000;
const END_PATIENCE = 15_000;

/** A client that plays one script. */
export class Player {
  readonly #ends: Ends;
  readonly #phases: { sent: string; received: string }[] = [{ sent: "", received: "" }];
  readonly #sockets = new Set<Socket>();
  #control: Socket;
  #listener: Server | null = null;
  #use: DataUse = { use: "take" };
  #port: number | null = null;
  #parsed = 0;
  #answers: number[] = [];
  #verbs = 0;
  #isProtected = false;
  #isOver = false;
  #hasReset = false;
  #wasReset = false;
  #hasEnded = false;
  #hasPaused = false;
  #isPaused = false;
  #hasBrokenTls = false;
  #stolen = 0;
  #data = "";
  #onChange: (() => void) | null = null;
  #localPort = 0;

  constructor(ends: Ends) {
    this.#ends = ends;
    const { port, serverHost, host } = ends;
    this.#control = connect({ host: serverHost, port, localAddress: host, allowHalfOpen: true, noDelay: true });
    this.#listen();
  }

  /** The control connection's own end. */
  get localPort(): number {
    return this.#localPort;
  }

  async play(script: Script): Promise<Conversation> {
    await once(this.#control, "connect");
    this.#localPort = this.#control.localPort ?? 0;
    await this.#until(() => this.#answers.length > 0, STEP_PATIENCE);
    for (const step of script) {
      if (this.#isOver) break;
      await this.#do(step);
    }
    await this.#finish();
    return {
      phases: this.#phases,
      end: this.#hasReset ? "reset" : this.#isOver ? "server" : "never",
      wasReset: this.#wasReset,
      hasEnded: this.#hasEnded,
      hasPaused: this.#hasPaused,
      hasBrokenTls: this.#hasBrokenTls,
      stolen: this.#stolen,
      data: this.#data,
    };
  }

  get #phase(): { sent: string; received: string } {
    const last = this.#phases.at(-1);
    if (last === undefined) throw new Error("no phase");
    return last;
  }

  async #do(step: Step): Promise<void> {
    switch (step.do) {
      case "send":
        return this.#send(step);
      case "await":
        return this.#await();
      case "data":
        this.#use = step.use;
        return this.#openData(step.use);
      case "stranger":
        return this.#openStranger();
      case "tls":
        return this.#startTls();
      case "pause":
        this.#hasPaused = true;
        this.#isPaused = true;
        this.#control.pause();
        return undefined;
      case "resume":
        this.#isPaused = false;
        this.#control.resume();
        return undefined;
      case "turns":
        return turns(step.count);
      case "end":
        this.#end();
        return undefined;
      case "reset":
        this.#reset();
        return undefined;
    }
  }

  async #send({ bytes, cuts = [] }: Extract<Step, { do: "send" }>): Promise<void> {
    if (this.#hasEnded) return;
    const text = bytes.includes("{") ? await this.#fillIn(bytes) : bytes;
    let from = 0;
    for (const to of [...cuts, text.length]) {
      const piece = text.slice(from, to);
      from = Math.max(from, to);
      if (piece === "") continue;
      this.#phase.sent += piece;
      this.#control.write(Buffer.from(piece, "latin1"));
      if (from < text.length) await turns(2);
    }
    this.#verbs = readVerbs(this.#phase.sent).length;
  }

  async #await(): Promise<void> {
    if (this.#isPaused) return;
    const isFirst = this.#phases.length === 1 ? 1 : 0;
    await this.#until(() => this.#answers.filter((code) => code >= 200).length >= this.#verbs + isFirst, STEP_PATIENCE);
  }

  async #fillIn(text: string): Promise<string> {
    const { host } = this.#ends;
    if (this.#listener === null) {
      this.#listener = createServer({ allowHalfOpen: true }, (socket) => this.#useData(socket, this.#use));
      this.#listener.listen(0, host);
      await once(this.#listener, "listening");
    }
    const address = this.#listener.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    return text
      .replaceAll("{PORT}", `${host.replaceAll(".", ",")},${port >> 8},${port & 255}`)
      .replaceAll("{EPRT}", `|1|${host}|${port}|`);
  }

  async #openData(use: DataUse): Promise<void> {
    const { host, serverHost } = this.#ends;
    if (this.#port === null || this.#listener !== null) return;
    const socket = connect({ host: serverHost, port: this.#port, localAddress: host, allowHalfOpen: true });
    this.#useData(socket, use);
    await settled(socket);
  }

  async #openStranger(): Promise<void> {
    const { strangerHost, serverHost } = this.#ends;
    if (this.#port === null || strangerHost === null) return;
    const socket = connect({ host: serverHost, port: this.#port, localAddress: strangerHost });
    this.#keep(socket).on("data", (bytes: Buffer) => (this.#stolen += bytes.length));
    socket.write("bytes of somebody else");
    await settled(socket);
  }

  #useData(raw: Socket, use: DataUse): void {
    this.#keep(raw);
    if (this.#isProtected) underTls.add(raw);
    const socket = this.#isProtected ? this.#keep(tls.connect({ socket: raw, rejectUnauthorized: false })) : raw;
    if (use.use === "stall") {
      socket.pause();
    } else {
      socket.on("data", (bytes: Buffer) => {
        if (this.#data.length < MAX_KEPT) this.#data += bytes.toString("latin1");
      });
      socket.on("end", () => socket.end());
    }
    if (use.use === "drop") {
      if (raw.connecting) raw.once("connect", () => reset(raw));
      else reset(raw);
    } else if (use.use === "half") {
      socket.end();
    } else if (use.use === "give") {
      socket.end(content(use.size));
    } else if (use.use === "stall") {
      socket.write(content(use.size));
    } else if (use.use === "break") {
      socket.write(content(use.size), () => reset(raw));
    }
  }

  async #startTls(): Promise<void> {
    if (this.#answers.at(-1) !== 234 || this.#hasEnded || this.#isPaused) return;
    const raw = this.#control;
    underTls.add(raw);
    raw.removeAllListeners();
    const secured = this.#keep(tls.connect({ socket: raw, rejectUnauthorized: false }));
    this.#keep(raw);
    await settled(secured, "secureConnect");
    this.#control = secured;
    if (secured.destroyed || secured.getProtocol() === null || secured.authorizationError === undefined) {
      this.#hasBrokenTls = true;
      this.#isOver = true;
      return;
    }
    this.#phases.push({ sent: "", received: "" });
    this.#parsed = 0;
    this.#answers = [];
    this.#verbs = 0;
    this.#listen();
  }

  #listen(): void {
    const socket = this.#keep(this.#control);
    const phase = this.#phase;
    socket.on("data", (bytes: Buffer) => this.#received(phase, bytes.toString("latin1")));
    const end = (): void => {
      this.#isOver = true;
      this.#onChange?.();
    };
    socket
      .on("end", end)
      .on("close", end)
      .on("error", (error: NodeJS.ErrnoException) => {
        this.#wasReset ||= error.code === "ECONNRESET" || error.code === "EPIPE";
        end();
      });
  }

  #received(phase: { received: string }, text: string): void {
    phase.received += text;
    const { codes, rest } = readReplies(phase.received.slice(this.#parsed));
    const fresh = phase.received.slice(this.#parsed, phase.received.length - rest.length);
    this.#parsed = phase.received.length - rest.length;
    this.#answers.push(...codes);
    for (const [, a, b] of fresh.matchAll(/^227 .*,(\d+),(\d+)\)\r$/gm)) this.#port = Number(a) * 256 + Number(b);
    for (const [, port] of fresh.matchAll(/^229 .*\(\|\|\|(\d+)\|\)\r$/gm)) this.#port = Number(port);
    for (const [, level] of fresh.matchAll(/^200 Protection set to ([PC])\r$/gm)) this.#isProtected = level === "P";
    this.#onChange?.();
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#control.end();
  }

  #reset(): void {
    this.#hasReset = true;
    this.#isOver = true;
    this.#resetAll();
  }

  /** Reads what is still to come, ends, and waits for the server to end. */
  async #finish(): Promise<void> {
    if (!this.#hasReset) {
      this.#control.resume();
      if (!this.#isOver && !this.#hasBrokenTls) this.#end();
      await this.#until(() => this.#isOver, END_PATIENCE);
    }
    // A reset leaves no port in TIME_WAIT, of which there are not enough for thousands of sessions.
    this.#resetAll();
    this.#listener?.close();
  }

  /**
   * The last ones first, which has those of TLS before what is below them: where that is gone already the runtime frees a TLS
   * socket in the next tick, which may be one within its own handshake, and the process crashes.
   */
  #resetAll(): void {
    for (const socket of [...this.#sockets].toReversed()) reset(socket);
  }

  #keep<S extends Socket>(socket: S): S {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    return socket;
  }

  /** Waits until something is so, at most so long. */
  async #until(isSo: () => boolean, patience: number): Promise<void> {
    const end = performance.now() + patience;
    while (!this.#isOver && !isSo()) {
      const left = end - performance.now();
      if (left <= 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#onChange = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#onChange = null;
  }
}

/** Bytes of a listing or a file that are looked through for what must not be in them. */
const MAX_KEPT = 100_000;

const CONTENT = Buffer.from("A line of text, a bare\nline end, and a \0.\r\n".repeat(8000));

function content(size: number): Buffer {
  return CONTENT.subarray(0, size);
}

/** Sockets that TLS goes over, which shuts them down when it likes. */
const underTls = new WeakSet<Socket>();

function reset(socket: Socket): void {
  // The runtime cannot reset while a shutdown is under way: it would keep the handle.
  const isEnding = socket.writableEnded && !socket.writableFinished;
  if (socket instanceof tls.TLSSocket || underTls.has(socket) || isEnding) socket.destroy();
  else socket.resetAndDestroy();
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Resolves when a socket is connected, or will not be. */
function settled(socket: Socket, event = "connect"): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, STEP_PATIENCE);
    socket.once(event, done).once("close", done);
  });
}
