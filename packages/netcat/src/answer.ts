import { BrokenError, ClosedError, type Conn, type Listener } from "@belfry/net";
import { IdleError } from "./errors.js";
import { netcat, type NetcatOptions, type NetcatResult } from "./netcat.js";
import { toSource } from "./source.js";

/** Options of {@link answer}: those of each connection, and which connections to take. */
export interface AnswerOptions extends NetcatOptions {
  /** Take one connection after another. Default `false`: one, and then nobody listens any more. */
  readonly keepListening?: boolean | undefined;
  /** Called with each connection as it is taken. */
  readonly onOpen?: ((conn: Conn) => void) | undefined;
  /** Called when a connection has ended; with `keepListening` one that broke or idled ends only itself. */
  readonly onClose?: ((conn: Conn, ended: NetcatResult | BrokenError | IdleError) => void) | undefined;
}

/**
 * Takes connections from a listener, one at a time, and does {@link netcat} with each. All of them share the input:
 * what one left, the next one sends. Resolves after the first connection or, with `keepListening`, once the listener
 * is closed. The listener is closed when the promise settles.
 *
 * @throws what {@link netcat} throws; `signal.reason` on abort, for a wait for connections too.
 * @example
 * ```ts
 * import { dial, listen } from "@belfry/net";
 * import { answer, netcat } from "@belfry/netcat";
 *
 * const listener = await listen("127.0.0.1:0");
 * const answered = answer(listener, { input: ["welcome\n"], output: process.stdout });
 * await netcat(await dial(listener.addr), { input: ["hello\n"], output: process.stdout });
 * await answered;
 * ```
 */
export async function answer(listener: Listener, options: AnswerOptions): Promise<void> {
  const input = toSource(options.input);
  const shared = { ...options, input };
  try {
    if (options.keepListening === true) await answerAll(listener, shared);
    else await answerOne(listener, shared);
  } finally {
    await listener.close();
    if (input !== options.input) input.close();
  }
}

async function answerOne(listener: Listener, options: AnswerOptions): Promise<void> {
  const conn = await listener.accept({ signal: options.signal });
  // At once, so that a second caller is refused rather than left waiting.
  void listener.close();
  options.onOpen?.(conn);
  const result = await netcat(conn, options);
  options.onClose?.(conn, result);
}

async function answerAll(listener: Listener, options: AnswerOptions): Promise<void> {
  for (;;) {
    const conn = await acceptNext(listener, options.signal);
    if (conn === null) return;
    options.onOpen?.(conn);
    try {
      options.onClose?.(conn, await netcat(conn, options));
    } catch (error) {
      if (!(error instanceof BrokenError || error instanceof IdleError)) throw error;
      options.onClose?.(conn, error);
    }
  }
}

async function acceptNext(listener: Listener, signal: AbortSignal | undefined): Promise<Conn | null> {
  for (;;) {
    try {
      return await listener.accept({ signal });
    } catch (error) {
      if (error instanceof ClosedError) return null;
      // The listener goes on after this one, and so does who listens.
      if (!(error instanceof BrokenError)) throw error;
    }
  }
}
