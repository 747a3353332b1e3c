import type { Log } from "../log/log.js";
import { type ControlledHost, type ControlServer, startControlServer } from "./control-server.js";

/** A control socket that is made again when its file has gone: whoever cleans temporary directories takes it for old. */
export interface LastingControl extends Omit<ControlServer, "isInPlace"> {
  /** Looks after the file now. Never rejects: why it cannot be made again is logged. */
  look(): Promise<void>;
}

/** Milliseconds between two looks. */
const INTERVAL = 5000;

/** As {@link startControlServer}; every five seconds it is looked after. What lives at the path by then stays. */
export async function startLastingControl(path: string, host: ControlledHost, log: Log): Promise<LastingControl> {
  const first = await startControlServer(path, host, log);
  return new Lasting(first, () => startControlServer(path, host, log), log);
}

class Lasting implements LastingControl {
  readonly path: string;
  readonly #start: () => Promise<ControlServer>;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  #now: ControlServer;
  /** Whose file has gone. Somebody may wait there for the end of a drain. */
  #before: ControlServer | null = null;
  #looking: Promise<void> | null = null;
  #isClosed = false;
  #told = "";

  constructor(first: ControlServer, start: () => Promise<ControlServer>, log: Log) {
    this.path = first.path;
    this.#now = first;
    this.#start = start;
    this.#log = log;
    this.#timer = setInterval(() => void this.look(), INTERVAL).unref();
  }

  look(): Promise<void> {
    return (this.#looking ??= this.#look().finally(() => (this.#looking = null)));
  }

  async close(...outcome: Parameters<ControlServer["close"]>): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#looking;
    await Promise.all([this.#now.close(...outcome), this.#before?.close(...outcome)]);
  }

  async #look(): Promise<void> {
    if (this.#isClosed || this.#now.isInPlace()) return;
    try {
      const next = await this.#start();
      void this.#before?.close();
      [this.#before, this.#now, this.#told] = [this.#now, next, ""];
      this.#log.write("warn", `the control socket had gone, and was made again: ${this.path}`);
    } catch (error) {
      const text = (error as Error).message;
      // Once, and not every five seconds.
      if (text !== this.#told) this.#log.write("error", `The control socket has gone: ${text}`);
      this.#told = text;
    }
  }
}
