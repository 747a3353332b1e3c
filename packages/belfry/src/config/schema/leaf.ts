import { networks } from "@belfry/net";
import { z } from "zod";
import { parseDuration } from "../../options/duration.js";
import { DURATION_PATTERN, NETWORK_PATTERN, OCTAL_PATTERN } from "./patterns.js";

/** What a key is for, and what holds when it is absent. Both go into the editors' schema and the reference. */
export interface KeyNotes {
  /** One or two sentences. */
  readonly description: string;
  /** The value that absence stands for. */
  readonly default?: unknown;
  /** The same in words, where it is no value that could be written. */
  readonly absent?: string;
}

interface LeafOptions<T> {
  /** How it goes on after "expected": `a whole number of at least 1`. */
  readonly expected: string;
  /** The value from what was given; throws for anything else, with {@link Expected} to say more. */
  readonly parse: (value: unknown) => T;
  /** Its JSON Schema. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** Thrown by a leaf's `parse` to say what was expected in particular. */
class Expected extends Error {}

/** A value that is no object: read by a function, described by hand. */
export function leaf<T>({ expected, parse, json }: LeafOptions<T>): z.ZodType<T> {
  const made = z.unknown().transform((value, context) => {
    try {
      return parse(value);
    } catch (error) {
      const isParticular = error instanceof Expected;
      const message = isParticular ? error.message : expected;
      context.addIssue({ code: "custom", message, input: value, params: { isParticular } });
      return z.NEVER;
    }
  });
  return made.meta({ ...json });
}

function fail(expected?: string): never {
  throw expected === undefined ? new Error("unexpected") : new Expected(expected);
}

/** A whole number; as decimal digits too, which is what environment variables give. */
export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER): z.ZodType<number> {
  const isOpen = max === Number.MAX_SAFE_INTEGER;
  return leaf({
    expected: isOpen ? `a whole number of at least ${min}` : `a whole number from ${min} to ${max}`,
    json: { type: "integer", minimum: min, ...(!isOpen && { maximum: max }) },
    parse(value) {
      const number = typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : value;
      return Number.isSafeInteger(number) && Number(number) >= min && Number(number) <= max ? Number(number) : fail();
    },
  });
}

/** `true` or `false`; as texts too, which is what environment variables give. */
export function flag(): z.ZodType<boolean> {
  return leaf({
    expected: "true or false",
    json: { type: "boolean" },
    parse(value) {
      if (value === true || value === "true") return true;
      return value === false || value === "false" ? false : fail();
    },
  });
}

/** One of some words. */
export function oneOf<const T extends string>(words: readonly T[]): z.ZodType<T> {
  return leaf({
    expected: words.map((word) => JSON.stringify(word)).join(" or "),
    json: { type: "string", enum: words },
    parse: (value) => words.find((word) => word === value) ?? fail(),
  });
}

/** The value itself, such as `false`. */
export function literal<const T extends string | boolean>(wanted: T): z.ZodType<T> {
  return leaf({
    expected: JSON.stringify(wanted),
    json: { const: wanted },
    parse: (value) => (value === wanted || (typeof wanted === "boolean" && value === String(wanted)) ? wanted : fail()),
  });
}

/** A text that is not empty and has no NUL, as names and paths are. */
export function text(expected = "a text that is not empty"): z.ZodType<string> {
  return leaf({
    expected,
    json: { type: "string", minLength: 1 },
    parse: (value) => (typeof value === "string" && value !== "" && !value.includes("\0") ? value : fail()),
  });
}

/** A text that may be empty. */
export function anyText(): z.ZodType<string> {
  return leaf({
    expected: "a text",
    json: { type: "string" },
    parse: (value) => (typeof value === "string" ? value : fail()),
  });
}

const MAX_DURATION = 2 ** 31 - 1;

/** A duration, to milliseconds. */
export function duration(): z.ZodType<number> {
  return leaf({
    expected: "a duration such as 500ms, 10s or 5m, or whole milliseconds",
    json: { type: ["string", "integer"], minimum: 0, maximum: MAX_DURATION, pattern: DURATION_PATTERN },
    parse(value) {
      if (typeof value === "number")
        return Number.isInteger(value) && value >= 0 && value <= MAX_DURATION ? value : fail();
      return typeof value === "string" ? parseDuration(value) : fail();
    },
  });
}

/** Permission bits in octal, to a number. `example` is one that fits the key. */
export function octal(example: string): z.ZodType<number> {
  const pattern = new RegExp(OCTAL_PATTERN);
  return leaf({
    expected: `three octal digits in quotes, such as "${example}"`,
    json: { type: "string", pattern: OCTAL_PATTERN },
    parse: (value) => (typeof value === "string" && pattern.test(value) ? Number.parseInt(value, 8) : fail()),
  });
}

/** An IP address, or a network in CIDR notation. */
export function network(): z.ZodType<string> {
  return leaf({
    expected: 'an IP address or a network such as "10.0.0.0/8" or "fd00::/8"',
    json: { type: "string", pattern: NETWORK_PATTERN },
    parse(value) {
      if (typeof value !== "string") return fail();
      networks([value]);
      return value;
    },
  });
}

interface ReadByOptions<T> extends Pick<LeafOptions<T>, "expected"> {
  /** Its `RangeError` says what was expected. */
  readonly read: (text: string) => T;
  /** What editors are told; takes whatever `read` takes. */
  readonly pattern: string;
}

/** What `read` makes of a text. */
export function readBy<T>({ expected, read, pattern }: ReadByOptions<T>): z.ZodType<T> {
  return leaf({
    expected,
    json: { type: "string", pattern },
    parse(value) {
      if (typeof value !== "string") return fail();
      try {
        return read(value);
      } catch (error) {
        return fail((error as Error).message.replace(/^expected /, ""));
      }
    },
  });
}
