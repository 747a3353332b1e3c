import { setTimeout as delay } from "node:timers/promises";
import { onAbort } from "@belfry/sync";
import { EXIT } from "../exit-status.js";
import type { Input, Io } from "../io.js";
import { drawTop } from "./draw-top.js";
import { HostWatch } from "./host-watch.js";
import { hasKeys, onKeys } from "../terminal/keys.js";
import { LivePicture, type PictureFrame } from "../terminal/live-picture.js";
import { createTopState, type TopState, withKey, withLook, withLoss } from "./top-state.js";

/** What is watched, and how often. */
export interface TopSettings {
  readonly control?: string | undefined;
  /** Milliseconds between two looks. */
  readonly interval: number;
}

/**
 * Shows a host on the terminal, live, until `q` or Ctrl-C is pressed or `signal` aborts. When the host goes it says so,
 * and goes on with the one that comes. The last picture stays; terminal and cursor are as they were when it settles.
 *
 * @returns the exit status.
 * @throws {Error} when there is no host to begin with.
 * @throws `signal`'s reason.
 */
export async function showTop(settings: TopSettings, io: Io, signal: AbortSignal): Promise<number> {
  const quit = new AbortController();
  const off = onAbort(signal, (reason) => quit.abort(reason));
  // What it removes on the way is no news on a screen full of them.
  const watch = new HostWatch({ control: settings.control, env: io.env, signal: quit.signal, tell: () => {} });
  try {
    const first = await watch.look({ order: "rate", service: null });
    const screen = new Screen(createTopState(first, hasKeys(io.stdin) ? "keys" : "interrupt"), io, quit);
    screen.open();
    try {
      await follow(screen, watch, settings.interval, quit.signal);
    } finally {
      screen.close();
    }
  } catch (error) {
    if (!(error instanceof Quit)) throw error;
    return error.status;
  } finally {
    off();
    await watch.close();
  }
  return EXIT.ok;
}

/** The user has seen enough: the reason with which everything is aborted. */
class Quit extends Error {
  override readonly name: string = "Quit";
  /** Stable across releases; the message is not. */
  readonly code = "ERR_QUIT";
  readonly status: number;

  constructor(status: number) {
    super("Stopped by a key");
    this.status = status;
  }
}

async function follow(screen: Screen, watch: HostWatch, interval: number, signal: AbortSignal): Promise<never> {
  for (;;) {
    await pause(interval, signal);
    try {
      const look = await watch.look(screen.state);
      screen.show(withLook(screen.state, look));
    } catch (error) {
      signal.throwIfAborted();
      screen.show(withLoss(screen.state, error, Date.now()));
    }
  }
}

async function pause(interval: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(interval, undefined, { signal });
  } catch {
    signal.throwIfAborted();
  }
}

class Screen {
  state: TopState;
  readonly #input: Input;
  readonly #quit: AbortController;
  readonly #picture: LivePicture;
  #restoreKeys = (): void => {};

  constructor(state: TopState, io: Io, quit: AbortController) {
    this.state = state;
    this.#input = io.stdin;
    this.#quit = quit;
    this.#picture = new LivePicture(io, (frame) => this.#make(frame));
  }

  open(): void {
    this.#picture.open({ isCleared: true });
    this.#restoreKeys = onKeys(this.#input, (key) => this.#press(key));
  }

  show(state: TopState): void {
    this.state = state;
    this.#picture.draw();
  }

  close(): void {
    this.#restoreKeys();
    this.state = { ...this.state, ending: "none", isHelp: false };
    this.#picture.close();
  }

  #press(key: string): void {
    if (key === "interrupt") this.#quit.abort(new Quit(EXIT.interrupted));
    else if (key === "q" || key === "Q") this.#quit.abort(new Quit(EXIT.ok));
    else this.show(withKey(this.state, key));
  }

  #make(frame: PictureFrame): string {
    const { isPaused, shown, lost } = this.state;
    // Ages stand still with the rest.
    const now = isPaused && lost === null ? shown.look.at : Date.now();
    return drawTop(this.state, { ...frame, now });
  }
}
