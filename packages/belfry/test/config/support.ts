import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { ConfigError } from "../../src/config/problems/config-error.js";
import type { PlanOverrides } from "../../src/config/source/config-source.js";
import { type FoundConfig, type LoadOptions, loadConfig } from "../../src/config/load-config.js";

/** A folder with these files; it goes when the test ends. */
export function makeFolder(context: TestContext, files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "belfry-config-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** What a test of loading may set. */
export interface LoadSetup extends LoadOptions {
  readonly file?: string;
  readonly overrides?: PlanOverrides;
  readonly env?: Readonly<Record<string, string>>;
}

/** Loads what is in a folder. */
export function loadFrom(directory: string, setup: LoadSetup = {}): Promise<FoundConfig> {
  const { file = null, overrides = {}, env = {}, ...options } = setup;
  return loadConfig({ file, directory, overrides }, env, options);
}

/** What is wrong with what is in a folder: each problem in a line, the folder as `DIR`. */
export async function problemsOf(directory: string, setup: LoadSetup = {}): Promise<readonly string[]> {
  try {
    await loadFrom(directory, setup);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ message }) => message.replaceAll(directory, "DIR"));
  }
  throw new Error("nothing was wrong");
}
