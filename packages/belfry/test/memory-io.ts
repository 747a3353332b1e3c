import { EventEmitter } from "node:events";
import { Readable, Writable } from "node:stream";
import type { Io } from "../src/io.js";

/** The process's side of a command, held in memory. */
export interface MemoryIo {
  readonly io: Io;
  /** What was written so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
}

/** @param env the environment; empty by default. */
export function memoryIo(env: Io["env"] = {}): MemoryIo {
  const stdout = collector();
  const stderr = collector();
  return {
    io: { stdin: Readable.from([]), stdout: stdout.stream, stderr: stderr.stream, env, signals: new EventEmitter() },
    stdout: stdout.text,
    stderr: stderr.text,
  };
}

function collector(): { stream: Writable; text: () => string } {
  let text = "";
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return { stream, text: () => text };
}
