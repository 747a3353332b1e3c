import { StringDecoder } from "node:string_decoder";

/** A line of text, or a piece of one. */
export interface CutLine {
  readonly text: string;
  /** Whether the line was too long, and goes on in the next one. */
  readonly isCut: boolean;
}

/** Bytes of a piece as a text in JSON: with what stands around it a record is no longer than 4096, which a pipe takes whole. */
const MOST = 3840;
/** What one unit of a text takes at most. */
const DEAREST = 6;

/**
 * Cuts UTF-8 into lines, whatever chunks it comes in. A line is cut into pieces that take at most 3840 bytes as JSON; no more than
 * that is kept between two calls. Empty lines are left out, and what is no UTF-8 is replaced.
 */
export class LineCutter {
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";

  /** @returns the lines that end in `chunk`, and the pieces of one that does not, but for its last. */
  push(chunk: Uint8Array): CutLine[] {
    const texts = (this.#rest + this.#decoder.write(chunk)).split("\n");
    const last = cut(texts.pop() ?? "");
    this.#rest = last.pop() ?? "";
    return [...texts.flatMap(asLine), ...last.map(asCut)];
  }

  /** @returns what stands behind the last line's end. */
  end(): CutLine[] {
    const text = this.#rest + this.#decoder.end();
    this.#rest = "";
    return asLine(text);
  }
}

function asLine(text: string): CutLine[] {
  const pieces = cut(text);
  const last = pieces.pop();
  return last === undefined ? [] : [...pieces.map(asCut), { text: last, isCut: false }];
}

function asCut(text: string): CutLine {
  return { text, isCut: true };
}

/** Pieces as long as can be; none of an empty text. */
function cut(text: string): string[] {
  const pieces: string[] = [];
  let start = 0;
  while (start < text.length) {
    const end = endOfPiece(text, start);
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}

function endOfPiece(text: string, start: number): number {
  if ((text.length - start) * DEAREST <= MOST) return text.length;
  let bytes = 0;
  for (let at = start; at < text.length;) {
    const point = text.codePointAt(at) as number;
    bytes += bytesOf(point);
    if (bytes > MOST) return at;
    at += point > 0xffff ? 2 : 1;
  }
  return text.length;
}

/** What a character takes as JSON in UTF-8, at most. */
function bytesOf(point: number): number {
  if (point < 0x20) return DEAREST;
  if (point < 0x80) return point === 0x22 || point === 0x5c ? 2 : 1;
  if (point < 0x800) return 2;
  return point > 0xffff ? 4 : 3;
}
