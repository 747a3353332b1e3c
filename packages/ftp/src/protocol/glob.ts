import { ReplyError } from "./reply.js";

/** The most stars in one pattern; several in a row count as one. */
const MAX_STARS = 8;
/** The longest pattern, in UTF-16 units: no name is as long. */
const MAX_LENGTH = 1024;
/** For so many different characters of names it is remembered where a pattern accepts them. */
const MAX_MASKS = 4096;

/** A pattern without its stars. */
interface Pattern {
  /** One test of a character for each place. */
  readonly places: readonly ((code: number) => boolean)[];
  /** Indexes of the places before which there is a star; one past the last for a star at the end. */
  readonly stars: ReadonlySet<number>;
}

/** Whether there is a character in it that patterns are made with. */
export function hasGlob(text: string): boolean {
  return /[*?[]/.test(text);
}

/**
 * A test of names by a pattern of `*`, `?`, `[abc]`, `[a-z]` and `[!abc]`; upper and lower case differ. A bracket that
 * is not closed stands for itself.
 *
 * The time of a test grows with the length of the name alone, whatever the pattern: it takes one step a character, a
 * step one operation for 32 places.
 *
 * @throws {ReplyError} 501 for more than 8 stars, and for more than 1,024 characters.
 */
export function compileGlob(pattern: string): (name: string) => boolean {
  if (pattern.length > MAX_LENGTH) throw new ReplyError(501, `Pattern over ${MAX_LENGTH} characters`);
  const parsed = parse(pattern);
  if (parsed.stars.size > MAX_STARS) throw new ReplyError(501, `More than ${MAX_STARS} stars in a pattern`);
  const matcher = new Matcher(parsed);
  return (name) => matcher.matches(name);
}

/**
 * Bit i of the state is set when the characters so far fit the first i places. A character that place i accepts moves
 * bit i on by one; where there is a star, the bit stays as well.
 */
class Matcher {
  readonly #pattern: Pattern;
  readonly #state: Int32Array;
  readonly #stays: Int32Array;
  readonly #masks = new Map<number, Int32Array>();

  constructor(pattern: Pattern) {
    this.#pattern = pattern;
    const words = (pattern.places.length >> 5) + 1;
    this.#state = new Int32Array(words);
    this.#stays = new Int32Array(words);
    for (const star of pattern.stars) setBit(this.#stays, star);
  }

  matches(name: string): boolean {
    const { length } = this.#pattern.places;
    if (name.length < length) return false;
    this.#state.fill(0);
    this.#state[0] = 1;
    for (let at = 0; at < name.length;) {
      const code = name.codePointAt(at) ?? 0;
      if (!this.#step(this.#maskOf(code))) return false;
      at += widthOf(code);
    }
    return (((this.#state[length >> 5] ?? 0) >>> (length & 31)) & 1) === 1;
  }

  /** Returns whether any bit is left. */
  #step(mask: Int32Array): boolean {
    const state = this.#state;
    let carry = 0;
    let left = 0;
    for (let word = 0; word < state.length; word += 1) {
      const bits = state[word] ?? 0;
      const moved = bits & (mask[word] ?? 0);
      const next = (moved << 1) | carry | (bits & (this.#stays[word] ?? 0));
      carry = moved >>> 31;
      state[word] = next;
      left |= next;
    }
    return left !== 0;
  }

  /** The places that accept a character. */
  #maskOf(code: number): Int32Array {
    const known = this.#masks.get(code);
    if (known !== undefined) return known;
    const mask = new Int32Array(this.#state.length);
    for (const [index, accepts] of this.#pattern.places.entries()) if (accepts(code)) setBit(mask, index);
    if (this.#masks.size === MAX_MASKS) this.#masks.clear();
    this.#masks.set(code, mask);
    return mask;
  }
}

function setBit(words: Int32Array, index: number): void {
  words[index >> 5] = (words[index >> 5] ?? 0) | (1 << (index & 31));
}

function parse(pattern: string): Pattern {
  const places: ((code: number) => boolean)[] = [];
  const stars = new Set<number>();
  for (let at = 0; at < pattern.length;) {
    const code = pattern.codePointAt(at) ?? 0;
    const set = pattern[at] === "[" ? parseSet(pattern, at) : null;
    if (pattern[at] === "*") stars.add(places.length);
    else if (pattern[at] === "?") places.push(() => true);
    else places.push(set === null ? (other) => other === code : set.accepts);
    at = set === null ? at + widthOf(code) : set.end;
  }
  return { places, stars };
}

/** The set whose bracket opens at `start`; `null` when it does not close. A `]` that comes first is a member. */
function parseSet(
  pattern: string,
  start: number,
): { readonly accepts: (code: number) => boolean; readonly end: number } | null {
  const isInverse = pattern[start + 1] === "!" || pattern[start + 1] === "^";
  const first = start + (isInverse ? 2 : 1);
  const close = pattern.indexOf("]", first + 1);
  if (close === -1) return null;
  const members = Array.from(pattern.slice(first, close), (member) => member.codePointAt(0) ?? 0);
  const ranges: (readonly [number, number])[] = [];
  for (let at = 0; at < members.length; at += 1) {
    const from = members[at] ?? 0;
    const isRange = members[at + 1] === DASH && at + 2 < members.length;
    ranges.push([from, isRange ? (members[at + 2] ?? from) : from]);
    if (isRange) at += 2;
  }
  const accepts = (code: number): boolean => ranges.some(([from, to]) => from <= code && code <= to) !== isInverse;
  return { accepts, end: close + 1 };
}

const DASH = 0x2d;

function widthOf(code: number): number {
  return code > 0xffff ? 2 : 1;
}
