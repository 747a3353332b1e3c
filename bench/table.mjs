// Rewrites the block of tables in README.md from the kept results; `--check` only says whether it is up to date.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./src/paths.mjs";
import { readResults } from "./src/results.mjs";
import { formatBlock, replaceBlock } from "./src/tables.mjs";
import { WORKLOADS } from "./workloads/all.mjs";

const path = join(ROOT, "README.md");
const text = readFileSync(path, "utf8");
const wanted = replaceBlock(text, formatBlock(readResults(WORKLOADS.map(({ name }) => name))));
if (wanted === text) {
  console.log("README.md: the tables are up to date");
} else if (process.argv.includes("--check")) {
  console.error("README.md: the tables differ from bench/results: run `node bench/table.mjs`");
  process.exitCode = 1;
} else {
  writeFileSync(path, wanted);
  console.log("README.md: tables rewritten");
}
