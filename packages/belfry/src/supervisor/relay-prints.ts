import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { type CutLine, LineCutter } from "../log/line-cutter.js";
import type { PrintedLine, Prints } from "../log/prints.js";

/** How long after a process's end what it has printed is read as its reader keeps up, and then as fast as it goes. Milliseconds. */
const PATIENCE = 500;
/** Lines that are written before it is looked whether there is room. */
const MOST_AT_ONCE = 256;

/**
 * Reads what a process prints, where it was started with pipes for that. It is read no faster than there is room for: more waits
 * in the pipe, and in the process. What is in a pipe when the process ends is read; where others have it open still, it is
 * closed a second later.
 *
 * @returns once all is read and written. Never rejects.
 */
export async function relayPrints(child: ChildProcess, prints: Prints): Promise<void> {
  const relays = (["stdout", "stderr"] as const).flatMap((name) => {
    // Neither is there where the process could not be started.
    const source = child[name] ?? null;
    return source === null ? [] : [new Relay(source, name, prints)];
  });
  let timer: NodeJS.Timeout | undefined;
  const onExit = (): void => {
    timer = setTimeout(() => {
      for (const relay of relays) relay.hurry();
      timer = setTimeout(() => relays.forEach((relay) => relay.close()), PATIENCE);
    }, PATIENCE);
  };
  child.once("exit", onExit);
  await Promise.all(relays.map((relay) => relay.run()));
  child.off("exit", onExit);
  clearTimeout(timer);
}

class Relay {
  readonly #source: Readable;
  readonly #name: PrintedLine["stream"];
  readonly #prints: Prints;
  #isLate = false;
  #onLate: () => void = () => {};

  constructor(source: Readable, name: PrintedLine["stream"], prints: Prints) {
    this.#source = source;
    this.#name = name;
    this.#prints = prints;
  }

  async run(): Promise<void> {
    const cutter = new LineCutter();
    try {
      for await (const chunk of this.#source) {
        await this.#write(cutter.push(chunk as Uint8Array));
      }
    } catch {
      // Closed by us, or broken: there is no more of it.
    }
    await this.#write(cutter.end());
  }

  /** From now on it waits for no reader. */
  hurry(): void {
    this.#isLate = true;
    this.#onLate();
  }

  close(): void {
    this.#source.destroy();
  }

  async #write(lines: readonly CutLine[]): Promise<void> {
    for (let at = 0; at < lines.length; at += MOST_AT_ONCE) {
      this.#prints.write(lines.slice(at, at + MOST_AT_ONCE).map((line) => ({ ...line, stream: this.#name })));
      await this.#room();
    }
  }

  async #room(): Promise<void> {
    const { room } = this.#prints;
    if (room === null || this.#isLate) return;
    // No race against one promise for the whole life, which would keep all that were in it.
    await new Promise<void>((resolve) => {
      this.#onLate = resolve;
      void room.then(resolve);
    });
  }
}
