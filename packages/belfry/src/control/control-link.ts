import { BrokenError, type Conn, DeadlineError, dial, lines } from "@belfry/net";
import { formatDuration } from "../options/duration.js";
import type { ControlAnswer, ControlCommand, ControlQuestions, DrainEnd } from "./control-messages.js";

/** A client's connection to a host's control socket. One question at a time. */
export interface ControlLink {
  readonly path: string;
  /**
   * Asks the host.
   *
   * @param timeout milliseconds to wait for the answer; 0 for as long as it takes.
   * @throws {ControlError} when the host says no, with what it said.
   * @throws {Error} when it does not answer in time or ends; the link is of no use then.
   * @throws the reason of the link's signal.
   */
  ask<C extends ControlCommand>(
    command: C,
    params: ControlQuestions[C]["params"],
    timeout?: number,
  ): Promise<ControlQuestions[C]["result"]>;
  /** How the drain that was asked for went, once the host has ended. `null` when it ended without a word. */
  drained(): Promise<DrainEnd>;
  close(): Promise<void>;
}

/** A host's no to what it was asked. */
export class ControlError extends Error {
  override readonly name: string = "ControlError";
  /** Stable across releases; the message is not. */
  readonly code = "ERR_CONTROL";
}

/** The most connections a host lists take about a quarter of it. */
const MAX_ANSWER = 16 * 1024 * 1024;
const ANSWER_TIMEOUT = 5000;

/**
 * Connects to a control socket.
 *
 * @param signal ends every wait of the link.
 * @throws {BrokenError} as `dial` does: `ECONNREFUSED` for the socket of a process that has ended.
 */
export async function dialControl(path: string, signal?: AbortSignal): Promise<ControlLink> {
  const conn = await dial({ path }, { timeout: ANSWER_TIMEOUT, signal });
  return new SocketLink(path, conn, signal);
}

class SocketLink implements ControlLink {
  readonly path: string;
  readonly #conn: Conn;
  readonly #signal: AbortSignal | undefined;
  readonly #answers: AsyncIterator<string, undefined>;

  constructor(path: string, conn: Conn, signal: AbortSignal | undefined) {
    this.path = path;
    this.#conn = conn;
    this.#signal = signal;
    this.#answers = lines(conn, { maxLength: MAX_ANSWER, signal })[Symbol.asyncIterator]();
  }

  async ask<C extends ControlCommand>(
    command: C,
    params: ControlQuestions[C]["params"],
    timeout: number = ANSWER_TIMEOUT,
  ): Promise<ControlQuestions[C]["result"]> {
    this.#conn.setDeadline(timeout === 0 ? null : Date.now() + timeout);
    try {
      await this.#conn.write(`${JSON.stringify({ command, ...params })}\n`, { signal: this.#signal });
      const line = await this.#next();
      if (line === null) throw new Error(`Cannot ask the host at ${this.path}: it ended the connection`);
      return read(line) as ControlQuestions[C]["result"];
    } catch (error) {
      throw this.#explain(error, timeout);
    }
  }

  async drained(): Promise<DrainEnd> {
    this.#conn.setDeadline(null);
    try {
      const line = await this.#next();
      return line === null ? null : (read(line) as DrainEnd);
    } catch (error) {
      // It was killed, which resets what it had open.
      if (error instanceof BrokenError) return null;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#conn.close();
  }

  async #next(): Promise<string | null> {
    const { value, done } = await this.#answers.next();
    return done === true ? null : value;
  }

  #explain(error: unknown, timeout: number): unknown {
    if (error instanceof DeadlineError) {
      const text = `Cannot ask the host at ${this.path}: no answer for ${formatDuration(timeout)}`;
      return new Error(text, { cause: error });
    }
    if (error instanceof BrokenError) {
      return new Error(`Cannot ask the host at ${this.path}: it ended the connection`, { cause: error });
    }
    return error;
  }
}

function read(line: string): unknown {
  const answer = JSON.parse(line) as ControlAnswer<unknown>;
  if (!answer.ok) throw new ControlError(answer.error);
  return answer.result;
}
