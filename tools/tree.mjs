// For the tests of the checks: a small checkout in a temporary folder, right or wrong as the test wants it.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "./prepare.mjs";

/**
 * Writes `files` (path to content; what is no text becomes JSON), which are gone when the test is over. Installed
 * packages, ours too, are those of this checkout.
 *
 * @param {import("node:test").TestContext} context
 * @param {Record<string, unknown>} files
 * @returns {string} the top of the tree
 */
export function makeTree(context, files) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "belfry-tree-")));
  context.after(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, "packages"));
  // A junction, for Windows lets only administrators make other links.
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"), "junction");
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), typeof content === "string" ? content : JSON.stringify(content));
  }
  return root;
}
