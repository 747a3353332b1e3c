import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A fresh directory, and how to be rid of it. */
export function temporaryRoot(): { readonly root: string; readonly stop: () => void } {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "belfry-storage-")));
  return { root, stop: () => rmSync(root, { recursive: true, force: true }) };
}
