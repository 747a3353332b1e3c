import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { until } from "@belfry/testkit";
import type { Io } from "../../src/io.js";
import { main } from "../../src/main.js";
import { memoryIo } from "../memory-io.js";

/** A client at a terminal whose keys a test presses. */
export interface Terminal {
  readonly type: (keys: string) => void;
  /** All that the screen was sent so far, standard output and standard error in one. */
  readonly screen: () => string;
  /** Resolves once the screen was sent a match since the last time this resolved. */
  readonly shows: (pattern: RegExp) => Promise<void>;
  /** Whether keys arrive one by one and unechoed. */
  readonly isRaw: () => boolean;
  /** What Ctrl-C does while a command runs. */
  readonly interrupt: () => void;
  readonly ended: Promise<number>;
}

/** Starts `belfry ftp` at a terminal. */
export function startTerminal(args: readonly string[], env: Record<string, string>): Terminal {
  const { io, stdout } = memoryIo({ TERM: "dumb", HOME: "/nonexistent", ...env });
  let isRaw = false;
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode(mode: boolean) {
      isRaw = mode;
    },
  }) as unknown as Io["stdin"] & PassThrough;
  const signals = new EventEmitter();
  let seen = 0;
  return {
    type: (keys) => void stdin.write(keys),
    screen: stdout,
    async shows(pattern) {
      await until(() => pattern.test(stdout().slice(seen)));
      const match = pattern.exec(stdout().slice(seen));
      seen += (match?.index ?? 0) + (match?.[0].length ?? 0);
    },
    isRaw: () => isRaw,
    interrupt: () => void signals.emit("SIGINT"),
    ended: main(["ftp", ...args], { ...io, stdin, stderr: io.stdout, signals }),
  };
}
