import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** A directory for one test. */
export interface Temporary {
  readonly directory: string;
  path(name: string): string;
  write(name: string, content: string | object): void;
  /** Resolves once there is such a file. */
  appears(name: string): Promise<void>;
}

/** Makes a directory with files in it, which goes when the test ends. */
export function temporary(test: TestContext, files: Readonly<Record<string, string | object>>): Temporary {
  const directory = mkdtempSync(join(tmpdir(), "belfry-trouble-"));
  test.after(() => rmSync(directory, { recursive: true, force: true }));
  const path = (name: string): string => join(directory, name);
  const write = (name: string, content: string | object): void =>
    writeFileSync(path(name), typeof content === "string" ? content : JSON.stringify(content));
  for (const [name, content] of Object.entries(files)) write(name, content);
  const appears = async (name: string): Promise<void> => {
    // Not by a timer: a test may have stopped those.
    while (!existsSync(path(name))) await new Promise((resolve) => setImmediate(resolve));
  };
  return { directory, path, write, appears };
}
