import type { Finding } from "../problems/finding.js";
import type { KeyPath } from "../problems/key-path.js";
import { isSecret, showValue } from "../problems/show-value.js";

/** The environment, as a process has it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How deep a configuration may be nested. */
const MAX_DEPTH = 64;

const VARIABLE = /\$\$\{|\$\{(?:([A-Za-z_]\w*)(?::-([^}]*))?\})?/g;

/**
 * Puts environment variables in place: `${NAME}`, `${NAME:-default}` for one that is not set or empty, `$${` for a literal `${`. In every
 * text value, at any depth; keys stay as they are.
 *
 * @param findings gets what is wrong: variables that are not set. Their texts stay as they were.
 * @returns a copy. What is neither text, list nor plain object (functions, dates) is taken over as it is.
 */
export function substitute(value: unknown, env: Environment, findings: Finding[]): unknown {
  return new Substitution(env, findings).copy(value, []);
}

class Substitution {
  readonly #env: Environment;
  readonly #findings: Finding[];
  /** YAML's aliases make one object stand in many places, and JavaScript can make circles. */
  readonly #copies = new Map<object, unknown>();

  constructor(env: Environment, findings: Finding[]) {
    this.#env = env;
    this.#findings = findings;
  }

  copy(value: unknown, path: KeyPath): unknown {
    if (typeof value === "string") return this.#text(value, path);
    if (typeof value !== "object" || value === null) return value;
    if (!Array.isArray(value) && !isPlain(value)) return value;
    if (this.#copies.has(value)) return this.#copies.get(value);
    if (path.length >= MAX_DEPTH) {
      this.#findings.push({ path, text: `expected at most ${MAX_DEPTH} levels` });
      return null;
    }
    return Array.isArray(value) ? this.#list(value, path) : this.#object(value, path);
  }

  #list(value: readonly unknown[], path: KeyPath): unknown[] {
    const made: unknown[] = [];
    this.#copies.set(value, made);
    for (const [index, each] of value.entries()) made.push(this.copy(each, [...path, index]));
    return made;
  }

  #object(value: Readonly<Record<string, unknown>>, path: KeyPath): Record<string, unknown> {
    const made: Record<string, unknown> = {};
    this.#copies.set(value, made);
    for (const [key, each] of Object.entries(value)) {
      if (key === "__proto__") this.#findings.push({ path: [...path, key], text: "this key cannot be used" });
      else made[key] = this.copy(each, [...path, key]);
    }
    return made;
  }

  #text(text: string, path: KeyPath): string {
    let isWhole = true;
    const whole = text.replaceAll(VARIABLE, (match, name?: string, preset?: string) => {
      if (match === "$${") return "${";
      const value = name === undefined ? undefined : this.#env[name];
      const found = preset !== undefined && (value === undefined || value === "") ? preset : value;
      if (found !== undefined) return found;
      isWhole = false;
      const shown = isSecret(path) ? "" : `${showValue(text, path)}: `;
      const what =
        name === undefined
          ? "expected ${NAME} or ${NAME:-default}, or $${ for the characters themselves"
          : `the environment variable ${name} is not set`;
      this.#findings.push({ path, text: `${shown}${what}` });
      return match;
    });
    return isWhole ? whole : text;
  }
}

function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
