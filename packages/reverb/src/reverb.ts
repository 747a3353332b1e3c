import { type Conn, DeadlineError, lines } from "@belfry/net";
import { endIdle, onDrain, type Service, type ServiceContext } from "@belfry/server";
import { Group, onAbort, subtask, taskTracer, traceSource, waitMarker } from "@belfry/sync";
import type { WaitMarker, WaitSource } from "@belfry/sync";

/** Options of {@link reverb}. Times are milliseconds. */
export interface ReverbOptions {
  /** Between the three sounds of an echo. Default 1000. */
  readonly delay?: number | undefined;
  /** One echo after the other, rather than each beside the others. Default `false`. */
  readonly sequential?: boolean | undefined;
  /** How long a client may send no line before it is disconnected; 0 is for ever. Default 0. */
  readonly idleTimeout?: number | undefined;
  /** Echoes under way on a connection at a time; the next line waits unread for one to end. Default 1000. */
  readonly maxPending?: number | undefined;
  /** The longest line in bytes. A longer one fails its connection with a `LineTooLongError`. Default 65,536. */
  readonly maxLength?: number | undefined;
}

type Settings = { readonly [K in keyof ReverbOptions]-?: NonNullable<ReverbOptions[K]> };

const DEFAULTS: Settings = { delay: 1000, sequential: false, idleTimeout: 0, maxPending: 1000, maxLength: 65_536 };

/**
 * A reverberation: for each line `X` it sends `\t X\n` in upper case, after the delay as it came, and after the delay
 * again in lower case.
 *
 * It reads no more once the client has ended its half, has been silent for the idle timeout, or the server drains;
 * then the echoes under way finish, and the connection closes. A client that does not take what it is sent is not
 * waited for longer than its echoes and the idle timeout take. A silent one counts as
 * `idle` with its server.
 *
 * @throws {RangeError} when a time is negative or endless or a bound is not a whole number of at least 1, naming it.
 * @example
 * ```ts
 * import { reverb } from "@belfry/reverb";
 * import { serve } from "@belfry/server";
 *
 * const server = await serve({ port: 0 }, reverb({ delay: 500, idleTimeout: 300_000 }));
 * await server.shutdown();
 * ```
 */
export function reverb(options: ReverbOptions = {}): Service {
  const settings = resolve(options);
  const timer = { describeWait: () => `timer ${settings.delay} ms` };
  return async (conn, context) => {
    const limit = settings.sequential ? 1 : settings.maxPending;
    const within = taskTracer();
    const echoes = new Group({ signal: context.signal, limit, name: `${context.id} echoes` });
    // Made with the first line: most connections are idle.
    let echo: Echo | undefined;
    const start = (line: string): Promise<void> => (echo ??= new Echo(conn, settings.delay, timer)).start(line, echoes);
    let isSilent: boolean;
    try {
      isSilent = await subtask("reader", () => readLines(conn, context, settings, start), conn);
    } catch (error) {
      echoes.cancel(error);
      throw error;
    } finally {
      await within(() => echoes.wait());
    }
    if (isSilent) endIdle(context, settings.idleTimeout);
  };
}

/** @returns whether it was because of the client's silence that it ended. */
async function readLines(
  conn: Conn,
  context: ServiceContext,
  settings: Settings,
  start: (line: string) => Promise<void>,
): Promise<boolean> {
  let isDraining = false;
  const off = onDrain(context, () => {
    isDraining = true;
    // Ends the loop, wherever it is.
    void conn.closeRead();
  });
  const within = taskTracer();
  try {
    expectLine(conn, settings);
    for await (const line of lines(conn, { maxLength: settings.maxLength })) {
      if (isDraining) return false;
      await within(() => start(line));
      // Only now: while the line waited for its turn, the client was not the silent one.
      expectLine(conn, settings);
    }
    return false;
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    return !isDraining;
  } finally {
    off();
  }
}

/** From now on the client has so long to send a line, and so long to take what it is sent. */
function expectLine(conn: Conn, { idleTimeout, delay }: Settings): void {
  if (idleTimeout === 0) return;
  const now = Date.now();
  conn.setReadDeadline(now + idleTimeout);
  conn.setWriteDeadline(now + idleTimeout + 2 * delay);
}

/** What sounds on one connection. */
class Echo implements WaitSource {
  readonly #conn: Conn;
  readonly #delay: number;
  readonly #timer: WaitSource;

  constructor(conn: Conn, delay: number, timer: WaitSource) {
    this.#conn = conn;
    this.#delay = delay;
    this.#timer = timer;
  }

  /** Starts a line's echo in `echoes`; waits for a place there. */
  start(line: string, echoes: Group): Promise<void> {
    return echoes.go((signal) => this.#sound(line, signal), "echo");
  }

  /** What an echo waits for that does not wait for its timer. */
  describeWait(): string | undefined {
    return this.#conn.bytesQueued > 0 ? `Conn.write ${String(this.#conn.remoteAddr)}` : undefined;
  }

  async #sound(line: string, signal: AbortSignal): Promise<void> {
    traceSource(this);
    const task = waitMarker();
    await this.#conn.write(`\t ${line.toUpperCase()}\n`, { signal });
    await this.#pause(task, signal);
    await this.#conn.write(`\t ${line}\n`, { signal });
    await this.#pause(task, signal);
    await this.#conn.write(`\t ${line.toLowerCase()}\n`, { signal });
  }

  /**
   * The runtime's timers of one duration fire in the order they were set, so lines that came together keep their order
   * to the end.
   */
  #pause(task: WaitMarker, signal: AbortSignal): Promise<void> {
    task.wait = this.#timer;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        task.wait = null;
        off();
        resolve();
      }, this.#delay);
      const off = onAbort(signal, (reason) => {
        clearTimeout(timer);
        reject(reason);
      });
    });
  }
}

function resolve(options: ReverbOptions): Settings {
  const settings = { ...DEFAULTS };
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) Object.assign(settings, { [name]: value });
  }
  for (const name of ["delay", "idleTimeout"] as const) {
    const value = settings[name];
    if (!(value >= 0 && value < 2 ** 31)) {
      throw new RangeError(`Cannot use ${name} ${value}: expected 0 to 2147483647 milliseconds`);
    }
  }
  for (const name of ["maxPending", "maxLength"] as const) {
    const value = settings[name];
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new RangeError(`Cannot use ${name} ${value}: expected a whole number of at least 1`);
    }
  }
  return settings;
}
