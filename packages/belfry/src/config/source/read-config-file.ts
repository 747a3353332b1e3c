import { readFile, stat } from "node:fs/promises";
import { extname } from "node:path";
import type { JSONCParseError } from "confbox/jsonc";
import { wrongFile } from "../problems/config-error.js";
import { CONFIG_EXTENSIONS } from "./find-config-file.js";
import type { ModuleLoader } from "../modules/module-loader.js";

const MAX_SIZE = 4 * 2 ** 20;

/** Where reading stopped, and why. */
interface Spot {
  readonly reason: string;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
}

type Parser = (text: string) => unknown;

/** Each reads a text, and throws an object with a {@link Spot}, or whatever its library throws. Only the one that is needed is loaded. */
const PARSERS: Readonly<Record<string, () => Promise<Parser>>> = {
  // With comments and commas behind the last entry: the example `belfry init` writes has them.
  ".json": jsonc,
  ".jsonc": jsonc,
  ".json5": async () => (await import("confbox/json5")).parseJSON5,
  ".yaml": yaml,
  ".yml": yaml,
  ".toml": async () => (await import("confbox/toml")).parseTOML,
};

/**
 * What a config file holds, as it stands there.
 *
 * @param path absolute.
 * @param shown what errors call it.
 * @throws {ConfigError} when it cannot be read, with line and column where its syntax is broken.
 */
export async function readConfigFile(path: string, shown: string, loader: ModuleLoader): Promise<unknown> {
  const extension = extname(path).toLowerCase();
  const loadParser = PARSERS[extension];
  if (loadParser === undefined) return loadDefault(path, shown, loader);
  const [text, parse] = await Promise.all([readText(path, shown), loadParser()]);
  try {
    return parse(text);
  } catch (error) {
    throw wrongFile(`Cannot read config "${shown}": ${describeSpot(error)}`, error);
  }
}

async function loadDefault(path: string, shown: string, loader: ModuleLoader): Promise<unknown> {
  if (!(CONFIG_EXTENSIONS as readonly string[]).includes(extname(path).toLowerCase())) {
    throw wrongFile(`Cannot read config "${shown}": expected a file that ends in ${CONFIG_EXTENSIONS.join(", ")}`);
  }
  let exports: Readonly<Record<string, unknown>>;
  try {
    exports = await loader.load(path);
  } catch (error) {
    throw wrongFile(`Cannot read config "${shown}": ${(error as Error).message}`, error);
  }
  if (exports["default"] !== undefined) return exports["default"];
  throw wrongFile(
    `Cannot read config "${shown}": it exports nothing by default: expected export default defineConfig({ … })`,
  );
}

async function readText(path: string, shown: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MAX_SIZE) throw new RangeError(`${size} bytes, expected at most ${MAX_SIZE}`);
    return (await readFile(path, "utf8")).replace(/^\uFEFF/, "");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw wrongFile(`Cannot read config "${shown}": ${code ?? message}`, error);
  }
}

/** By the codes of jsonc-parser, which has no words for them. */
const JSONC_ERRORS: readonly string[] = [
  "unexpected end",
  "this character is not expected here",
  "expected a number",
  "expected a key in quotes",
  "expected a value",
  "expected a colon",
  "expected a comma",
  "expected a closing brace",
  "expected a closing bracket",
  "expected the end of the file",
  "comments are not allowed",
  "the comment does not end",
  "the text does not end",
  "the number does not end",
  "this is no Unicode escape",
  "this is no escape",
  "this character is not allowed here",
];

async function yaml(): Promise<Parser> {
  return (await import("confbox/yaml")).parseYAML;
}

async function jsonc(): Promise<Parser> {
  const { parseJSONC } = await import("confbox/jsonc");
  return (text) => {
    const errors: JSONCParseError[] = [];
    const value: unknown = parseJSONC(text, { errors, allowTrailingComma: true });
    if (errors[0] !== undefined) throw jsoncError(text, errors[0]);
    return value;
  };
}

function jsoncError(text: string, first: JSONCParseError): Error {
  const before = text.slice(0, first.offset).split("\n");
  const column = (before.at(-1)?.length ?? 0) + 1;
  return Object.assign(new Error(JSONC_ERRORS[first.error] ?? "broken syntax"), { line: before.length, column });
}

function describeSpot(error: unknown): string {
  const { line, column, reason } = spotOf(error);
  return line === 0 ? reason : `line ${line}, column ${column}: ${reason}`;
}

/** Each library tells it in its own way. */
function spotOf(error: unknown): Spot {
  const { message, reason, mark, line, column, lineNumber, columnNumber } = error as Error &
    Partial<Spot> & {
      readonly mark?: { readonly line: number; readonly column: number };
      readonly lineNumber?: number;
      readonly columnNumber?: number;
    };
  const [first = ""] = message.split("\n");
  if (mark !== undefined) return { reason: reason ?? first, line: mark.line + 1, column: mark.column + 1 };
  return {
    reason: first
      .replace(/^JSON5: /, "")
      .replace(/ at \d+:\d+$/, "")
      .replace(/^Invalid TOML document: /, ""),
    line: line ?? lineNumber ?? 0,
    column: column ?? columnNumber ?? 0,
  };
}
