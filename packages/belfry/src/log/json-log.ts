import type { Writable } from "node:stream";
import { createJsonWords, type JsonWords } from "./json-words.js";
import { createLineWriter, type LineWriter } from "./line-writer.js";
import { includesLevel, type Log, type LogLevel } from "./log.js";
import { nameDropped } from "./name-dropped.js";

/** A log for machines: an object a line with `level`, `time` (ISO 8601), the fields and `msg`. */
export function createJsonLog(level: LogLevel, stream: Writable): Log {
  const words = createJsonWords();
  const lines = createJsonLines(stream, words);
  return {
    writes: (other) => includesLevel(level, other),
    write(other, message, fields = {}) {
      if (includesLevel(level, other)) lines.write(words(other, message, fields));
    },
    gather(other, message, fields) {
      if (includesLevel(level, other)) lines.gather(words(other, message, fields()));
    },
  };
}

/** A writer of such lines, that counts those it drops in one of them. */
export function createJsonLines(stream: Writable, words: JsonWords): LineWriter {
  return createLineWriter(stream, (dropped) => words("error", nameDropped(dropped), { event: "dropped", dropped }));
}
