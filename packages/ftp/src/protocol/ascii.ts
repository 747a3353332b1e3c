import { asBuffer } from "./text.js";

const CR = 0x0d;
const LF = 0x0a;
const NOTHING = Buffer.alloc(0);

/**
 * Lines as they are stored to lines as they go over in TYPE A (RFC 959 §3.1.1.1): LF becomes CRLF; a CRLF stays. One
 * for each transfer.
 */
export class ToWire {
  #endsInCr = false;
  readonly #way = { byRuns: insertByRuns, byBytes: insertByBytes, isDense: false };

  /**
   * @param chunk lent as long as the result is used, which may be the chunk itself.
   * @returns what goes out for it, at most twice as long.
   */
  push(chunk: Uint8Array): Uint8Array {
    if (chunk.length === 0) return chunk;
    const bytes = asBuffer(chunk);
    const isSecondHalf = this.#endsInCr && bytes[0] === LF;
    this.#endsInCr = bytes[bytes.length - 1] === CR;
    if (!bytes.includes(LF)) return chunk;
    const place: Place = { bytes, end: bytes.length, at: 0, result: Buffer.allocUnsafe(2 * bytes.length), size: 0 };
    if (isSecondHalf) {
      place.result[place.size++] = LF;
      place.at = 1;
    }
    return convert(place, this.#way);
  }
}

/** The way back: CRLF becomes LF; a CR alone stays. One for each transfer. */
export class ToStorage {
  /** A CR that ended the last chunk, whose LF may come with the next. */
  #holdsCr = false;
  readonly #way = { byRuns: dropByRuns, byBytes: dropByBytes, isDense: false };

  /**
   * @param chunk lent as long as the result is used, which may be the chunk itself.
   * @returns what is to be stored for it, at most one byte longer.
   */
  push(chunk: Uint8Array): Uint8Array {
    const bytes = asBuffer(chunk);
    if (bytes.length === 0 || (!this.#holdsCr && !bytes.includes(CR))) return chunk;
    const keepsCr = this.#holdsCr && bytes[0] !== LF;
    this.#holdsCr = bytes[bytes.length - 1] === CR;
    const end = this.#holdsCr ? bytes.length - 1 : bytes.length;
    const place: Place = { bytes, end, at: 0, result: Buffer.allocUnsafe(bytes.length + 1), size: 0 };
    if (keepsCr) place.result[place.size++] = CR;
    return convert(place, this.#way);
  }

  /** What was held back when the stream has ended: one CR, or nothing. */
  end(): Uint8Array {
    const rest = this.#holdsCr ? Buffer.of(CR) : NOTHING;
    this.#holdsCr = false;
    return rest;
  }
}

/** How far a conversion is: `bytes` up to `at` has become `result` up to `size`. */
interface Place {
  readonly bytes: Buffer;
  readonly end: number;
  at: number;
  readonly result: Buffer;
  size: number;
}

/** Goes on from a place, some way; tells how many line ends it met. */
type Step = (place: Place) => number;

/** Two ways to the same result. */
interface Way {
  /** With `indexOf` and `copy`: each costs as much as some 30 turns of a loop. */
  readonly byRuns: Step;
  /** With a loop over the bytes. */
  readonly byBytes: Step;
  /** Whether lines are short of late. */
  isDense: boolean;
}

/** Where lines are shorter than this on average, a loop over the bytes is the faster way (measured: 50 to 60). */
const SHORT = 48;
/** How far one step goes at most: in line ends by runs, in bytes one by one. */
const MAX_ENDS = 64;
const MAX_BYTES = 4096;

function convert(place: Place, way: Way): Uint8Array {
  while (place.at < place.end) {
    const from = place.at;
    const ends = way.isDense ? way.byBytes(place) : way.byRuns(place);
    way.isDense = ends * SHORT > place.at - from;
  }
  return place.result.subarray(0, place.size);
}

function insertByRuns(place: Place): number {
  const { bytes, result } = place;
  let from = place.at;
  let at = bytes.indexOf(LF, from);
  let ends = 0;
  for (; at !== -1 && ends < MAX_ENDS; ends += 1) {
    if (bytes[at - 1] !== CR) {
      place.size += bytes.copy(result, place.size, from, at);
      result[place.size++] = CR;
      from = at;
    }
    at = bytes.indexOf(LF, at + 1);
  }
  place.at = at === -1 ? place.end : at;
  place.size += bytes.copy(result, place.size, from, place.at);
  return ends;
}

function insertByBytes(place: Place): number {
  const { bytes, result } = place;
  const stop = Math.min(place.at + MAX_BYTES, place.end);
  let size = place.size;
  let last = bytes[place.at - 1];
  let ends = 0;
  for (let at = place.at; at < stop; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === LF) {
      if (last !== CR) result[size++] = CR;
      ends += 1;
    }
    result[size++] = byte;
    last = byte;
  }
  place.at = stop;
  place.size = size;
  return ends;
}

function dropByRuns(place: Place): number {
  const { bytes, result, end } = place;
  let from = place.at;
  let at = bytes.indexOf(CR, from);
  let ends = 0;
  for (; at !== -1 && at < end && ends < MAX_ENDS; ends += 1) {
    if (bytes[at + 1] === LF) {
      place.size += bytes.copy(result, place.size, from, at);
      from = at + 1;
    }
    at = bytes.indexOf(CR, at + 1);
  }
  place.at = at === -1 ? end : at;
  place.size += bytes.copy(result, place.size, from, place.at);
  return ends;
}

function dropByBytes(place: Place): number {
  const { bytes, result } = place;
  const stop = Math.min(place.at + MAX_BYTES, place.end);
  let size = place.size;
  let ends = 0;
  for (let at = place.at; at < stop; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === CR) ends += 1;
    if (byte !== CR || bytes[at + 1] !== LF) result[size++] = byte;
  }
  place.at = stop;
  place.size = size;
  return ends;
}
