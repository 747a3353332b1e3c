import type { Direction } from "./netcat.js";

const ROW = 16;
const MARKS: Readonly<Record<Direction, string>> = { sent: ">", received: "<" };

/**
 * Makes a formatter of passing bytes, for `onBytes`: rows of sixteen, each with `>` for sent or `<` for received, the
 * offset within its direction, the bytes and what of them is printable. Each chunk starts a row of its own.
 *
 * @returns a function from direction and bytes to the text of their rows, each ended by LF.
 * @example
 * ```ts
 * import { hexDump } from "@belfry/netcat";
 *
 * const dump = hexDump();
 * process.stdout.write(dump("sent", Buffer.from("hi\n"))); // > 00000000  68 69 0a  … |hi.|
 * ```
 */
export function hexDump(): (direction: Direction, bytes: Uint8Array) => string {
  const offsets = { sent: 0, received: 0 };
  return (direction, bytes) => {
    let text = "";
    for (let start = 0; start < bytes.byteLength; start += ROW) {
      text += row(MARKS[direction], offsets[direction] + start, bytes.subarray(start, start + ROW));
    }
    offsets[direction] += bytes.byteLength;
    return text;
  };
}

function row(mark: string, offset: number, bytes: Uint8Array): string {
  const codes = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));
  const hex = `${codes
    .slice(0, ROW / 2)
    .join(" ")
    .padEnd(23)}  ${codes
    .slice(ROW / 2)
    .join(" ")
    .padEnd(23)}`;
  const shown = Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
  return `${mark} ${offset.toString(16).padStart(8, "0")}  ${hex}  |${shown}|\n`;
}
