// `npm run check`: everything a reviewer should not have to say. Runs all checks, then reports; `-- NAME…` runs some.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { prepare, ROOT } from "./prepare.mjs";

const bin = (/** @type {string} */ name) => join(ROOT, "node_modules", ".bin", name);

/** @type {readonly { name: string, command: string, args: string[] }[]} */
const CHECKS = [
  { name: "format", command: bin("oxfmt"), args: ["--check", "."] },
  { name: "lint", command: bin("oxlint"), args: ["--type-aware", "--deny-warnings"] },
  { name: "types", command: bin("tsc"), args: ["-b", "tsconfig.check.json"] },
  { name: "layers", command: process.execPath, args: ["tools/check-layers.mjs"] },
  { name: "unused", command: bin("knip"), args: ["--no-progress"] },
  { name: "docs", command: process.execPath, args: ["tools/check-docs.mjs"] },
  { name: "packages", command: process.execPath, args: ["tools/check-packages.mjs"] },
];

prepare();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !CHECKS.some((check) => check.name === name));
if (unknown.length > 0) {
  console.error(`Cannot check "${unknown.join('", "')}": expected ${CHECKS.map((check) => check.name).join(", ")}`);
  process.exit(2);
}
let failed = 0;
for (const { name, command, args } of CHECKS) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const started = Date.now();
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: ROOT, encoding: "utf8", maxBuffer: 64 << 20 });
  const isClean = status === 0;
  console.log(`${isClean ? "ok  " : "FAIL"} ${name.padEnd(10)} ${((Date.now() - started) / 1000).toFixed(1)} s`);
  if (isClean) continue;
  failed += 1;
  process.stdout.write(stdout ?? "");
  process.stdout.write(stderr ?? "");
}
console.log(failed === 0 ? "clean" : `${failed} checks failed`);
process.exitCode = failed === 0 ? 0 : 1;
