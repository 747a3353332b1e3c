import type { KeyPath } from "./key-path.js";
import type { Finding } from "./finding.js";

/** A value of the right shape that cannot be used all the same. */
export class Misfit extends Error implements Finding {
  override readonly name: string = "Misfit";
  readonly path: KeyPath;
  readonly text: string;

  constructor(path: KeyPath, text: string, cause?: unknown) {
    super(text, { cause });
    this.path = path;
    this.text = text;
  }
}

/** Whatever was thrown, as a misfit of the value at `path` unless it says where. */
export function asMisfit(path: KeyPath, error: unknown): Misfit {
  if (error instanceof Misfit) return error;
  const text = (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, " ");
  return new Misfit(path, text, error);
}

/** Runs `make`; what it throws becomes a misfit of the value at `path`. */
export async function fitting<T>(path: KeyPath, make: () => T | Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    throw asMisfit(path, error);
  }
}
