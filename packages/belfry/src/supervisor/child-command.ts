import { fileURLToPath } from "node:url";

/** Options of the runtime that are for one process alone, and those of them that are followed by a value. */
const PERSONAL = /^--(?:inspect|test|eval|print|watch|input-type|cpu-prof|heap-prof)\b|^-[ep]$/;
const WITH_VALUE = /^(?:-e|-p|--eval|--print)$/;

/**
 * How to start another process of this program: what stands behind the runtime's own path.
 *
 * @param name a file beside this one, without extension. As a source it is run as this process runs its own sources.
 */
export function childCommand(name: string, execArgv: readonly string[] = process.execArgv): string[] {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const options = execArgv.filter((option, at) => !PERSONAL.test(option) && !WITH_VALUE.test(execArgv[at - 1] ?? ""));
  return [...options, fileURLToPath(new URL(`./${name}.${extension}`, import.meta.url))];
}
