import type { KeyPath } from "./key-path.js";

const SECRET = /password|passphrase|secret|token|credential/i;
const MAX_LENGTH = 80;

/** Whether what stands at this path is never to be shown: some key on the way to it names a secret. */
export function isSecret(path: KeyPath): boolean {
  return path.some((part) => typeof part === "string" && SECRET.test(part));
}

/** A value as given, on one line of at most 80 characters; `(a secret)` where the path says so, in objects too. */
export function showValue(value: unknown, path: KeyPath): string {
  if (value === undefined || value === null) return String(value);
  if (isSecret(path)) return "(a secret)";
  const text = write(value);
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}

function write(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, MAX_LENGTH + 1));
  if (typeof value === "function") return value.name === "" ? "a function" : `function ${value.name}`;
  if (typeof value === "symbol" || typeof value === "bigint") return value.toString();
  try {
    return JSON.stringify(value, replace) ?? String(value);
  } catch {
    // What refers to itself, or has a getter that throws.
    return Array.isArray(value) ? "a list" : "an object";
  }
}

function replace(key: string, value: unknown): unknown {
  if (key !== "" && SECRET.test(key)) return "(a secret)";
  if (typeof value === "bigint") return value.toString();
  return typeof value === "function" ? "(a function)" : value;
}
