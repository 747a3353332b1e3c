import * as fc from "fast-check";

/** Bytes of which a stream of commands can be made badly. */
const ODD_BYTES = [
  0x00, 0x0a, 0x0d, 0x20, 0x41, 0x61, 0xc3, 0xa9, 0xeb, 0xec, 0xf0, 0xf2, 0xf4, 0xf9, 0xfa, 0xfb, 0xfe, 0xff, 0xff,
  0xff,
];

/** Short streams in which Telnet commands, line ends and broken UTF-8 meet in every order. */
export const oddStream = fc.array(fc.constantFrom(...ODD_BYTES), { maxLength: 60 }).map((codes) => Buffer.from(codes));

/** Short streams of ABOR with and without its line end, and of what may stand around it. */
export const aborts = fc
  .array(fc.constantFrom("ABOR\r", "ABOR\r\n", "ABOR", "A", "\r", "\n", "\0", "\xf2", "\xff\xf4"), { maxLength: 12 })
  .map((pieces) => Buffer.from(pieces.join(""), "latin1"));

/** Any bytes. */
export const anyBytes = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));

/** Where to cut a stream, as fractions of its length. */
export const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

/** The pieces of a stream cut there; some are empty. */
export function cutAt(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [0, ...at.map((part) => Math.floor(part * bytes.length)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((to, index) => bytes.subarray(places[index], to));
}

/** A name as a storage may hold it: UTF-8 or not. */
export const anyName = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 40 }),
  fc.string({ minLength: 1, maxLength: 40 }),
  fc
    .array(fc.integer({ min: 0xdc80, max: 0xdcff }), { minLength: 1, maxLength: 10 })
    .map((codes) => String.fromCharCode(...codes)),
);
