import type { Readable } from "node:stream";
import type { ConnectionOptions } from "node:tls";
import { onAbort } from "@belfry/sync";
import { type FileInfo, FTPError, type FTPResponse } from "basic-ftp";
import { commandFailure, describe, FtpFailure, replyText } from "./errors.js";
import type { Sink } from "./flow.js";
import { Link, type LinkOptions } from "./link.js";
import { quoted } from "./names.js";
import type { Protection } from "./target.js";

/** Where and how to connect. */
export interface RemoteOptions extends LinkOptions {
  readonly port: number;
  readonly protection: Protection;
  readonly tls: ConnectionOptions;
}

/** How text and bytes are to be sent: `TYPE I` or `TYPE A`. */
export type TransferType = "binary" | "ascii";

/** `Remote.download()` and `upload()`. */
export interface TransferOptions {
  readonly type: TransferType;
  readonly signal: AbortSignal;
}

/** What listings show, where the server has it. */
const MLST_FACTS = "type;size;modify;unix.mode;unix.owner;unix.group;unix.ownername;unix.groupname;";

/**
 * A session with an FTP server.
 *
 * Its methods may be called at any time; they take turns. What the server answers with 4xx or 5xx rejects with the
 * library's `FTPError`; a lost connection rejects with {@link FtpFailure}, and {@link isOpen} is false from then on.
 */
export class Remote {
  readonly options: RemoteOptions;
  readonly #link: Link;
  #features: ReadonlyMap<string, string> = new Map();
  #type: TransferType = "binary";
  #user: string | null = null;

  private constructor(options: RemoteOptions) {
    this.options = options;
    this.#link = new Link(options);
  }

  /**
   * Connects, with TLS where it is asked for; nobody is logged in yet.
   *
   * @returns the session and the server's greeting.
   * @throws {FtpFailure} `ERR_FTP_CONNECT`; an abort rejects with `signal.reason`.
   */
  static async connect(options: RemoteOptions, signal: AbortSignal): Promise<{ remote: Remote; greeting: string }> {
    signal.throwIfAborted();
    const remote = new Remote(options);
    const off = onAbort(signal, () => remote.close());
    try {
      return { remote, greeting: await remote.#connect() };
    } catch (error) {
      remote.close();
      signal.throwIfAborted();
      const { host, port } = options;
      throw new FtpFailure("ERR_FTP_CONNECT", `Cannot connect to ${host} port ${port}: ${describe(error)}`, {
        cause: error,
      });
    } finally {
      off();
    }
  }

  /** Whether the connection stands, as far as is known. */
  get isOpen(): boolean {
    return this.#link.isOpen;
  }

  /** Who is logged in; `null` while nobody is. */
  get user(): string | null {
    return this.isOpen ? this.#user : null;
  }

  /** `TLSv1.3`, or `null` in the clear. */
  get tls(): string | null {
    const { socket } = this.#link.client.ftp;
    return "getProtocol" in socket ? socket.getProtocol() : null;
  }

  /** The address of the server. */
  get address(): string | undefined {
    return this.#link.client.ftp.socket.remoteAddress;
  }

  /** Whether the server makes the data connections, or they go from here to the server. */
  get isActive(): boolean {
    return this.#link.isActive;
  }

  set isActive(isActive: boolean) {
    this.#link.isActive = isActive;
  }

  /** What the server says it can do, upper case; known once somebody is logged in. */
  get features(): ReadonlyMap<string, string> {
    return this.#features;
  }

  /** @throws {FtpFailure} `ERR_FTP_LOGIN` when the server does not let the user in. */
  login(user: string, password: string): Promise<string> {
    return this.#link.inTurn(async () => {
      this.#user = null;
      // Before the name, for the name may need it; some servers only take it afterwards, and are asked again then.
      if (this.options.encoding === "utf8") await this.#link.client.sendIgnoringError("OPTS UTF8 ON");
      try {
        const { message } = await this.#link.client.login(user, password);
        this.#user = user;
        await this.#settle();
        return message;
      } catch (error) {
        if (!(error instanceof FTPError)) throw error;
        throw new FtpFailure("ERR_FTP_LOGIN", `Cannot log in as ${quoted(user)}: ${describe(error)}`, { cause: error });
      }
    });
  }

  /** Sends one command as it is and waits for its reply. */
  send(command: string): Promise<FTPResponse> {
    return this.#link.inTurn(() => this.#link.client.send(command));
  }

  /** A command with a path, which may begin with a blank. */
  sendPath(verb: string, path: string): Promise<FTPResponse> {
    return this.#link.inTurn(async () =>
      this.#link.client.send(`${verb} ${await this.#link.client.protectWhitespace(path)}`),
    );
  }

  pwd(): Promise<string> {
    return this.#link.inTurn(async () => {
      const { message } = await this.#link.client.send("PWD");
      // RFC 959, appendix II: a quote within the name is doubled.
      const [, path] = /"((?:[^"]|"")*)"/.exec(message) ?? [];
      if (path === undefined) throw commandFailure(`Cannot tell the directory: ${replyText(message)}`);
      return path.replaceAll('""', '"');
    });
  }

  rename(from: string, to: string): Promise<FTPResponse> {
    return this.#link.inTurn(() => this.#link.client.rename(from, to));
  }

  /** The size in bytes as it would be sent in binary. */
  size(path: string): Promise<number> {
    return this.#link.inTurn(async () => {
      // RFC 3659 §4: the size is that of a transfer in the current TYPE, which few servers work out for text.
      await this.#setType("binary");
      return this.#link.client.size(path);
    });
  }

  /** When a file was last changed. */
  async modifiedAt(path: string): Promise<Date> {
    const time = await this.#link.inTurn(() => this.#link.client.lastMod(path));
    if (Number.isNaN(time.getTime())) throw commandFailure(`Cannot read the server's time of ${quoted(path)}`);
    return time;
  }

  /** What a directory holds, or a file alone; the working directory when `path` is empty. */
  list(path: string, signal: AbortSignal): Promise<FileInfo[]> {
    return this.#link.transfer(signal, async () => {
      await this.#setType("binary");
      // The library forgets the better commands once one of them fails, as MLSD does on a file.
      this.#link.client.availableListCommands = this.#features.has("MLST")
        ? ["MLSD", "LIST -a", "LIST"]
        : ["LIST -a", "LIST"];
      // What begins with a dash would be taken for options of LIST.
      return this.#link.client.list(path.startsWith("-") ? `./${path}` : path);
    });
  }

  /** Fetches a file, from `startAt` on. Resolves once the server has said that this was all of it. */
  download(path: string, { stream }: Sink, startAt: number, { type, signal }: TransferOptions): Promise<void> {
    return this.#link.transfer(signal, async () => {
      await this.#setType(type);
      await this.#link.client.downloadTo(stream, path, startAt);
    });
  }

  /** Sends a file, or adds to one. Resolves once the server has said that it has it. */
  upload(source: Readable, path: string, isAppended: boolean, { type, signal }: TransferOptions): Promise<void> {
    return this.#link.transfer(signal, async () => {
      await this.#setType(type);
      await (isAppended ? this.#link.client.appendFrom(source, path) : this.#link.client.uploadFrom(source, path));
    });
  }

  /** Ends the data connection of a transfer under way, so that neither side takes it for complete. */
  abortTransfer(): void {
    this.#link.abortTransfer();
  }

  /** Says QUIT and closes. */
  close(): void {
    this.#user = null;
    this.#link.client.close();
  }

  async #connect(): Promise<string> {
    const { host, port, protection, tls } = this.options;
    if (protection === "implicit") return (await this.#link.client.connectImplicitTLS(host, port, { ...tls })).message;
    const { message } = await this.#link.client.connect(host, port);
    if (protection === "explicit") await this.#link.client.useTLS({ ...tls });
    return message;
  }

  /** What a session starts with once somebody is logged in. */
  async #settle(): Promise<void> {
    this.#features = new Map(
      [...(await this.#link.client.features())].map(([name, value]) => [name.toUpperCase(), value] as const),
    );
    await this.#link.client.send("TYPE I");
    this.#type = "binary";
    if (this.options.encoding === "utf8") await this.#link.client.sendIgnoringError("OPTS UTF8 ON");
    if (this.#features.has("MLST")) await this.#link.client.sendIgnoringError(`OPTS MLST ${MLST_FACTS}`);
    if (!this.#link.client.ftp.hasTLS) return;
    // RFC 4217 §8, §9: both are needed before files go under TLS as well.
    await this.#link.client.sendIgnoringError("PBSZ 0");
    await this.#link.client.send("PROT P");
  }

  async #setType(type: TransferType): Promise<void> {
    if (this.#type === type) return;
    await this.#link.client.send(type === "ascii" ? "TYPE A" : "TYPE I");
    this.#type = type;
  }
}
