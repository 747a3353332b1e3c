import { join, resolve } from "node:path";
import { wrongFile } from "../problems/config-error.js";
import type { ConfigSource } from "./config-source.js";
import { isThere, lookAtFile } from "./look-at-file.js";

/** What a config file is called when it is looked for. */
export const CONFIG_NAME = "belfry.config";

/** The kinds of config files, in no order of preference: two of them side by side are an error. */
export const CONFIG_EXTENSIONS = [
  ".ts",
  ".mts",
  ".cts",
  ".mjs",
  ".js",
  ".cjs",
  ".json",
  ".jsonc",
  ".json5",
  ".yaml",
  ".yml",
  ".toml",
] as const;

/**
 * The file a configuration is in.
 *
 * @returns its absolute path; `null` when none was named and none is in the directory, nor was served so far.
 * @throws {ConfigError} when several are there, naming them; when the one that is there is no file; when the one that was named or served is
 * not there.
 */
export function findConfigFile({ file, directory, served = null }: Omit<ConfigSource, "overrides">): string | null {
  const name = file ?? lookFor(directory);
  if (name === null) {
    if (served === null) return null;
    // The default set in its place would end what is served, and open the directory to all who can dial it.
    throw wrongFile(`Cannot read config "${served}": it is there no more, and no other ${CONFIG_NAME}.* beside it`);
  }
  const path = resolve(directory, name);
  const trouble = lookAtFile(path);
  if (trouble === null) return path;
  throw wrongFile(`Cannot read config "${name}": ${trouble}`);
}

/** The name of what is called a config in a directory, whether it can be used or not. */
function lookFor(directory: string): string | null {
  const found = listNames(directory);
  if (found.length > 1) {
    const names = found.map((name) => `"${name}"`).join(" and ");
    throw wrongFile(
      `Cannot choose a config in "${resolve(directory)}": ${names} are side by side; name one by --config`,
    );
  }
  return found[0] ?? null;
}

function listNames(directory: string): string[] {
  const names = CONFIG_EXTENSIONS.map((extension) => `${CONFIG_NAME}${extension}`);
  try {
    return names.filter((name) => isThere(join(directory, name)));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw wrongFile(`Cannot look for a config in "${resolve(directory)}": ${code}`, error);
  }
}
