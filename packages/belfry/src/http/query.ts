import { nearWord } from "../text/near-word.js";
import { quoted, RequestError } from "./request-error.js";

const MAX_TEXT = 200;

/** For an address that takes no parameters. @throws {RequestError} 400, naming the first one there is. */
export function expectNoQuery(params: URLSearchParams): void {
  checkNames(params, []);
}

/** The checked parameters of an address. Every complaint is a {@link RequestError} 400 that names parameter and value. */
export class Query {
  readonly #params: URLSearchParams;

  /** @param names the parameters there are; any other one, and one given twice, is refused. */
  constructor(params: URLSearchParams, names: readonly string[]) {
    checkNames(params, names);
    this.#params = params;
  }

  /** At most 200 characters; `undefined` when absent or empty. */
  text(name: string): string | undefined {
    const value = this.#params.get(name) ?? "";
    if (value.length > MAX_TEXT) throw wrong(name, value, `at most ${MAX_TEXT} characters`);
    return value === "" ? undefined : value;
  }

  /** A whole number; `preset` when absent. */
  number<T>(name: string, range: { readonly min: number; readonly max: number }, preset: T): number | T {
    const value = this.#params.get(name);
    if (value === null) return preset;
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= range.min && number <= range.max) return number;
    throw wrong(name, value, `a whole number from ${range.min} to ${range.max}`);
  }

  /** One of some words; `undefined` when absent. */
  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const value = this.#params.get(name);
    if (value === null) return undefined;
    const choice = choices.find((each) => each === value);
    if (choice === undefined) throw wrong(name, value, choices.join(", "));
    return choice;
  }
}

function checkNames(params: URLSearchParams, names: readonly string[]): void {
  for (const name of new Set(params.keys())) {
    if (!names.includes(name)) {
      throw new RequestError(400, `Cannot use parameter ${quoted(name)}: ${describeNames(name, names)}`);
    }
    if (params.getAll(name).length > 1) {
      throw new RequestError(400, `Cannot use parameter ${quoted(name)}: it is given twice`);
    }
  }
}

function wrong(name: string, value: string, expected: string): RequestError {
  return new RequestError(400, `Cannot use ${name}=${quoted(value)}: expected ${expected}`);
}

function describeNames(name: string, names: readonly string[]): string {
  if (names.length === 0) return "there are none here";
  const near = nearWord(name, names);
  return near === null ? `expected ${names.join(", ")}` : `did you mean ${near}?`;
}
