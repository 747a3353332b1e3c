import { parseAddress } from "@belfry/net";

/** A clock to look at: what to call it and where it is. */
export interface WallClock {
  readonly name: string;
  /** As `dial` takes it. */
  readonly address: string;
}

/**
 * Reads `NAME=HOST:PORT`. The first `=` divides, so a name has none.
 *
 * @throws {TypeError} when there is no name or the address is none, naming the text.
 * @throws {RangeError} when the port is out of range.
 * @example
 * ```ts
 * import { parseWallClock } from "@belfry/clock";
 *
 * console.log(parseWallClock("Tokyo=127.0.0.1:8020").name); // Tokyo
 * ```
 */
export function parseWallClock(text: string): WallClock {
  const at = text.indexOf("=");
  const name = text.slice(0, Math.max(at, 0)).trim();
  if (at < 0 || name === "") throw new TypeError(`Cannot use clock "${text}": expected NAME=HOST:PORT`);
  const address = text.slice(at + 1);
  parseAddress(address);
  return { name, address };
}
