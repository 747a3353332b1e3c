import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import type { Io } from "../io.js";
import { MAX_HISTORY } from "./history.js";
import { Interrupted } from "./interrupted.js";

/** Completes what stands before the cursor: the candidates, and what of the line they take the place of. */
export type Completer = (line: string) => Promise<[string[], string]>;

/** How a line is read. */
export interface LineOptions {
  readonly complete?: Completer;
  /** Whether the line goes into the history. */
  readonly isKept?: (line: string) => boolean;
}

/**
 * Reads lines from a terminal.
 *
 * Between two lines the terminal is as it was, so that Ctrl-C is a signal while a command runs. What is typed or pasted
 * meanwhile is there for the next line.
 */
export class Prompt {
  readonly #io: Io;
  /** Lines that came together with one that was asked for. */
  readonly #ahead: string[] = [];
  /** The beginning of a line that came so. */
  #begun = "";
  #history: string[];

  /** @param history newest first. */
  constructor(io: Io, history: readonly string[] = []) {
    this.#io = io;
    this.#history = [...history];
  }

  /** The lines read so far that may be kept, newest first. */
  get history(): readonly string[] {
    return this.#history;
  }

  /**
   * Reads a line.
   *
   * @returns the line; `null` at the end of the input.
   * @throws {Interrupted} on Ctrl-C; with a completer, only on an empty line: else that line is empty.
   */
  read(prompt: string, options: LineOptions = {}): Promise<string | null> {
    const ahead = this.#ahead.shift();
    if (ahead === undefined) return this.#readLine(prompt, this.#io.stdout, options);
    this.#io.stdout.write(`${prompt}${ahead}\n`);
    if (options.isKept?.(ahead) === true) this.#keep(ahead);
    return Promise.resolve(ahead);
  }

  /** Reads a line that is not shown. */
  async readSecret(prompt: string): Promise<string | null> {
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    // Before the prompt, for the terminal shows what is typed until its echo is switched off.
    const line = this.#readLine("", nowhere, {});
    this.#io.stdout.write(prompt);
    try {
      return await line;
    } finally {
      this.#io.stdout.write("\n");
    }
  }

  #readLine(prompt: string, output: Writable, { complete, isKept }: LineOptions): Promise<string | null> {
    const readline = createInterface({
      input: this.#io.stdin,
      output,
      terminal: true,
      historySize: isKept === undefined ? 0 : MAX_HISTORY,
      history: [...this.#history],
      removeHistoryDuplicates: true,
      ...(complete !== undefined && { completer: complete }),
    });
    return new Promise((resolve, reject) => {
      let first: string | null = null;
      const finish = (): void => {
        this.#begun = readline.line;
        readline.close();
      };
      readline.on("line", (line) => {
        if (first !== null) {
          this.#ahead.push(line);
          return;
        }
        first = line;
        if (isKept?.(line) === true) this.#keep(line);
        // Not at once: the rest of what came with this line would be lost.
        setImmediate(finish);
      });
      readline.on("SIGINT", () => {
        this.#ahead.length = 0;
        // At the prompt it takes back what was typed, as in a shell.
        if (complete !== undefined && readline.line !== "") resolve("");
        else reject(new Interrupted("SIGINT"));
        readline.close();
        output.write("^C\n");
      });
      readline.on("close", () => resolve(first));
      readline.setPrompt(prompt);
      readline.prompt();
      if (this.#begun !== "") readline.write(this.#begun);
      this.#begun = "";
    });
  }

  #keep(line: string): void {
    this.#history = [line, ...this.#history.filter((other) => other !== line)].slice(0, MAX_HISTORY);
  }
}
