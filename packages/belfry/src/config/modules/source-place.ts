import { readFileSync } from "node:fs";
import { createRequire, SourceMap, type SourceMapPayload, type SourceMapping } from "node:module";
import type * as Jiti from "jiti";

/** A place in a file; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** What the transpiler puts before a module, on its first line. */
const WRAPPER = "(async function (exports, require, module, __filename, __dirname, jitiImport, jitiESMResolve) { "
  .length;

/**
 * Where a place in what the transpiler has made of a module stands in the module's own text: columns differ, and those of the first line by
 * far. The module is transpiled once more for it, as it is by now.
 *
 * @param file absolute.
 * @returns the same place where it cannot be told.
 */
export function sourcePlace(file: string, { line, column }: Place): Place {
  const at = line === 1 ? column - WRAPPER : column;
  try {
    // Columns and lines of what is asked count from 0, as those of the answer do.
    const found: Partial<SourceMapping> = at < 1 ? {} : mapOf(file).findEntry(line - 1, at - 1);
    const { originalLine, originalColumn } = found;
    if (originalLine !== undefined && originalColumn !== undefined) {
      return { line: originalLine + 1, column: originalColumn + 1 };
    }
  } catch {
    // It is gone, or another text by now.
  }
  return { line, column };
}

function mapOf(file: string): SourceMap {
  // Loaded when something was thrown, and at once: who describes an error does not wait.
  const { createJiti } = createRequire(import.meta.url)("jiti") as typeof Jiti;
  const transpiler = createJiti(import.meta.url, { fsCache: false, sourceMaps: true });
  const source = readFileSync(file, "utf8");
  const code = transpiler.transform({ source, filename: file, ts: /\.[cm]?tsx?$/.test(file), async: true });
  const [, data = ""] = /\/\/# sourceMappingURL=data:application\/json;[^,]*base64,(\S+)\s*$/.exec(code) ?? [];
  return new SourceMap(JSON.parse(Buffer.from(data, "base64").toString()) as SourceMapPayload);
}
