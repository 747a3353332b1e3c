import type { Socket } from "node:net";
import { Mutex, onAbort } from "@belfry/sync";
import { Client, FTPError } from "basic-ftp";
import { enterActiveMode } from "./active-mode.js";
import { commandFailure, describe, FtpFailure } from "./errors.js";
import { Interrupted } from "./interrupted.js";
import { createTrace, type Trace } from "./trace.js";

/** How a link is made. */
export interface LinkOptions {
  readonly host: string;
  /** Milliseconds without a sign of the server, after which it is given up; 0 for none. */
  readonly timeout: number;
  /** 4 or 6 for one family of addresses alone. */
  readonly family: 4 | 6 | undefined;
  readonly encoding: "utf8" | "latin1";
  /** Gets each line of the conversation, passwords left out. */
  readonly onLine: (line: string) => void;
}

/**
 * The FTP library's client, with what a session that outlives its failures needs beside it: turns, transfers that can
 * be aborted or break without costing the control connection, and active mode.
 */
export class Link {
  /** To be used within {@link inTurn} and {@link transfer} alone. */
  readonly client: Client;
  /** Whether the server makes the data connections. */
  isActive = false;
  readonly #options: LinkOptions;
  readonly #turns = new Mutex();
  readonly #trace: Trace;
  #passive: Client["prepareTransfer"];
  #isAborted = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.client = new Client(options.timeout);
    this.#passive = this.client.prepareTransfer;
    this.client.prepareTransfer = this.#prepare;
    this.#trace = createTrace(options.onLine);
    const { ftp } = this.client;
    ftp.log = this.#trace.log;
    ftp.encoding = options.encoding;
    ftp.ipFamily = options.family;
  }

  /** Whether the connection stands, as far as is known. */
  get isOpen(): boolean {
    return !this.client.closed;
  }

  /**
   * Runs something that talks to the server once nothing else does.
   *
   * @throws what `run` throws; {@link FtpFailure} once the connection is lost.
   */
  async inTurn<T>(run: () => Promise<T>): Promise<T> {
    const release = await this.#turns.acquire();
    try {
      return await run();
    } catch (error) {
      if (error instanceof FtpFailure || error instanceof Interrupted) throw error;
      // RFC 959 §5.4: 421 answers any command when the server is about to close the connection.
      const isFarewell = error instanceof FTPError && error.code === 421;
      if (isFarewell) this.client.close();
      throw isFarewell || !(this.isOpen || error instanceof FTPError) ? this.#lost(error) : error;
    } finally {
      release();
    }
  }

  /** The same for what uses a data connection. After it, aborted or not, the replies are back in step. */
  transfer<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
    return this.inTurn(async () => {
      signal.throwIfAborted();
      this.#isAborted = false;
      const off = onAbort(signal, () => {
        this.abortTransfer();
        this.#isAborted = true;
      });
      try {
        const result = await run();
        if (this.#isAborted) await this.#resync();
        return result;
      } catch (error) {
        const isBroken = !(error instanceof FTPError);
        const said = this.isOpen && (this.#isAborted || isBroken) ? await this.#resync() : null;
        signal.throwIfAborted();
        // What the server says of a broken data connection is more than what is seen of it here.
        throw isBroken && said !== null ? said : error;
      } finally {
        off();
      }
    });
  }

  /** Ends the data connection of a transfer under way, so that neither side takes it for complete. */
  abortTransfer(): void {
    const { ftp } = this.client;
    if (ftp.dataSocket === undefined || ftp.closed) return;
    this.#isAborted = true;
    ftp.send("ABOR");
    cut(ftp.dataSocket);
  }

  /** Opens a data connection, passive ones the way that worked last. */
  readonly #prepare: Client["prepareTransfer"] = async (ftp) => {
    const response = await (this.isActive ? enterActiveMode(ftp) : this.#passive(ftp));
    // The library puts the way that worked in the place of this function.
    if (this.client.prepareTransfer !== this.#prepare) {
      this.#passive = this.client.prepareTransfer;
      this.client.prepareTransfer = this.#prepare;
    }
    // Its own listeners close the whole session when a data connection breaks; the transfer hears of it in any case.
    ftp.dataSocket
      ?.removeAllListeners("error")
      .removeAllListeners("close")
      .on("error", () => {});
    if (this.#isAborted) throw new Error("aborted");
    return response;
  };

  /**
   * Waits until nothing is on its way any more. An aborted transfer has one to three replies in store (RFC 959 §4.1.3:
   * 226, or 426 and 226, or 225), but only NOOP is answered with 200.
   *
   * @returns the first refusal among them, if there is one.
   */
  async #resync(): Promise<FTPError | null> {
    const { ftp } = this.client;
    let refusal: FTPError | null = null;
    if (this.client.closed) return refusal;
    ftp.dataSocket = undefined;
    await ftp.handle("NOOP", (reply, task) => {
      if (reply instanceof FTPError) refusal ??= reply;
      else if (reply instanceof Error) task.reject(reply);
      else if (reply.code === 200) task.resolve(reply);
    });
    return refusal;
  }

  #lost(error: unknown): Error {
    const why = this.#trace.farewell() ?? describe(error).replace(/^Client is closed because /, "");
    return commandFailure(`Lost the connection to ${this.#options.host}: ${why}; "open" connects again`, error);
  }
}

/** A reset where the system can send one: an end without it looks like the end of the file to a server. */
function cut(socket: Socket): void {
  // What has TLS in it ends without its closing alert, which says the same.
  if ("encrypted" in socket) socket.destroy();
  else socket.resetAndDestroy();
}
