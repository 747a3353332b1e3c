#!/usr/bin/env node
// Plain JavaScript, for it is there before anything is built.

import { existsSync } from "node:fs";

const entry = new URL("../dist/index.js", import.meta.url);
if (!existsSync(entry)) {
  console.error("belfry: Cannot run: it is not built yet. Run `npm run build` at the top of the checkout first.");
  process.exit(1);
}
const { main, processIo } = await import(entry.href);
const status = await main(process.argv.slice(2), processIo());
// Stopped by a signal, it does not wait for a reader that may have stalled.
if (status > 128) process.exit(status);
// What stands in a pipe's buffer goes out first. Then an end, not a wait for standard input or another handle to close.
process.stdout.write("", () => process.exit(status));
