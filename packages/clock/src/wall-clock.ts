import { parseAddress } from "@belfry/net";

/** A clock to look at: what to call it and where it is. */
export interface WallClock {
  readonly name: string;
  /** As `dial` takes it. */
  readonly address: string;
}

/**
 * Reads `NAME=HOST:PORT`.
 *
 * @throws {TypeError} when there is no name, the address is none, or a second `=` leaves open which is meant; the
 * message names the text.
 * @example
 * ```ts
 * import { parseWallClock } from "@belfry/clock";
 *
 * console.log(parseWallClock("Tokyo=127.0.0.1:8020").name); // Tokyo
 * ```
 */
export function parseWallClock(text: string): WallClock {
  const [name = "", address, ...more] = text.split("=");
  if (name.trim() === "" || address === undefined || more.length > 0) {
    throw new TypeError(`Cannot use clock "${text}": expected NAME=HOST:PORT`);
  }
  try {
    parseAddress(address);
  } catch (error) {
    throw new TypeError(`Cannot use clock "${text}": ${(error as Error).message}`, { cause: error });
  }
  return { name: name.trim(), address };
}
