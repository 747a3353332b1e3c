import { ConfigError, type ConfigProblem } from "./config-error.js";
import { formatKeyPath, type KeyPath } from "./key-path.js";

/** Something wrong at a place of a configuration, in the words that follow the key. */
export interface Finding {
  readonly path: KeyPath;
  readonly text: string;
}

/** The error for a config that has something wrong. */
export function failure(shown: string, findings: readonly Finding[]): ConfigError {
  return new ConfigError(findings.map((finding) => asMessage(shown, finding)));
}

/** A finding as a problem of `file`. */
function asMessage(file: string, { path, text }: Finding): ConfigProblem {
  const key = formatKeyPath(path);
  return { key, message: `Cannot use "${file}": ${key === "" ? "" : `${key}: `}${text}` };
}
