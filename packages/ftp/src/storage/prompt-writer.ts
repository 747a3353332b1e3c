import type { FileWriter } from "./storage.js";

/** A writer that can write before the call returns, so that one piece of memory serves all who write so. */
export interface PromptWriter extends FileWriter {
  /** Whether writes are quick now, so that {@link tryWrite} writes where nothing is under way. */
  readonly isPrompt: boolean;
  /**
   * Writes all of `data` before it returns.
   *
   * @returns `false` when it would have to wait, for the disk or for a write under way; nothing is written then.
   * @throws {StorageError} as `write` rejects.
   */
  tryWrite(data: Uint8Array): boolean;
}

/** Whether `writer` can write at once. */
export function isPromptWriter(writer: FileWriter): writer is PromptWriter {
  return typeof (writer as Partial<PromptWriter>).tryWrite === "function";
}
