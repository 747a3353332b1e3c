// `npm run check`: everything a reviewer should not have to say.
//   npm run check                 all checks
//   npm run check -- docs layers  some of them
// The last line is `N passed, N failed`.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { install, ROOT } from "./prepare.mjs";
import { printSummary } from "./summary.mjs";

/** @type {readonly { name: string, program: string, args: string[] }[]} */
const CHECKS = [
  // First, and with the packages' own build: others read what it makes.
  { name: "types", program: "node_modules/typescript/bin/tsc", args: ["-b", "tsconfig.json", "tsconfig.check.json"] },
  { name: "format", program: "node_modules/oxfmt/bin/oxfmt", args: ["--check", "."] },
  { name: "lint", program: "node_modules/oxlint/bin/oxlint", args: [] },
  { name: "layers", program: "tools/check-layers.mjs", args: [] },
  { name: "unused", program: "node_modules/knip/bin/knip.js", args: ["--no-progress"] },
  { name: "docs", program: "tools/check-docs.mjs", args: [] },
  { name: "packages", program: "tools/check-packages.mjs", args: [] },
  // The page of FTP's commands is what the table of verbs says.
  { name: "compliance", program: "tools/rfc-compliance.mjs", args: ["--check"] },
  // The README's figures are those of bench/results.
  { name: "figures", program: "bench/table.mjs", args: ["--check"] },
];

install();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !CHECKS.some((check) => check.name === name));
if (unknown.length > 0) {
  console.error(`Cannot check "${unknown.join('", "')}": expected ${CHECKS.map((check) => check.name).join(", ")}`);
  process.exit(2);
}
const checks = CHECKS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const clean = checks.filter(isClean);
printSummary({ passed: clean.length, failed: checks.length - clean.length });

/** Runs a check, and shows what it printed when it is not clean. @param {(typeof CHECKS)[number]} check */
function isClean({ name, program, args }) {
  const started = Date.now();
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [join(ROOT, program), ...args], {
    cwd: ROOT,
    env: process.stdout.isTTY ? process.env : { ...process.env, NO_COLOR: "1" },
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  console.log(`${status === 0 ? "ok  " : "FAIL"} ${name.padEnd(10)} ${((Date.now() - started) / 1000).toFixed(1)} s`);
  if (status !== 0) process.stdout.write(`${stdout}${stderr}${error === undefined ? "" : `${error.message}\n`}`);
  return status === 0;
}
