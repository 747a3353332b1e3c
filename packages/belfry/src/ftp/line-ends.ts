const LF = 0x0a;
const CR = 0x0d;

/** Turns pieces of a text into the pieces of another; `end` gives what was held back. */
export interface LineEnds {
  push(chunk: Uint8Array): Uint8Array;
  end(): Uint8Array;
}

/** For text that goes out: each bare LF becomes CRLF, an existing CRLF stays. */
export function toNetwork(): LineEnds {
  let last = 0;
  return {
    push(chunk) {
      const output = Buffer.allocUnsafe(chunk.length * 2);
      let length = 0;
      for (const byte of chunk) {
        if (byte === LF && last !== CR) output[length++] = CR;
        output[length++] = byte;
        last = byte;
      }
      return output.subarray(0, length);
    },
    end: () => new Uint8Array(),
  };
}

/** For text that came in: each CRLF becomes LF, a lone CR stays. */
export function fromNetwork(): LineEnds {
  let isHeld = false;
  return {
    push(chunk) {
      const output = Buffer.allocUnsafe(chunk.length + 1);
      let length = 0;
      for (const byte of chunk) {
        if (isHeld && byte !== LF) output[length++] = CR;
        isHeld = byte === CR;
        if (!isHeld) output[length++] = byte;
      }
      return output.subarray(0, length);
    },
    end: () => (isHeld ? Uint8Array.of(CR) : new Uint8Array()),
  };
}
