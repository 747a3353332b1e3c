// The linter's configuration is a check of ours too: these wrong files must fail it.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, it } from "node:test";
import { ROOT } from "./prepare.mjs";
import { makeTree } from "./tree.mjs";

/** @type {Readonly<Record<string, string>>} what is wrong, by the rule that must say so */
const WRONG = {
  "import(no-default-export)": "export default 1;",
  "eslint(max-lines)": `export {};${"\nvoid 0;".repeat(400)}`,
  "eslint(max-params)": "export const f = (a: 1, b: 1, c: 1, d: 1, e: 1) => [a, b, c, d, e];",
  "eslint(no-console)": "export const f = () => console.log(1);",
  "typescript(no-explicit-any)": "export let a: any;",
  "typescript(no-namespace)": "export namespace N {}",
  "typescript(no-non-null-assertion)": "export const f = (a?: string) => a!;",
  "typescript(no-floating-promises)": "export const f = () => {\n  Promise.resolve();\n};",
  "typescript(no-misused-promises)": "export const f = () => [1].forEach(async () => { await Promise.resolve(); });",
  "typescript(only-throw-error)": 'export const f = () => {\n  throw "no";\n};',
  "typescript(switch-exhaustiveness-check)":
    'export const f = (a: "x" | "y") => {\n  switch (a) {\n    case "x":\n      return 1;\n  }\n  return 2;\n};',
};

/** Two files that need each other, if only for their types. */
const CIRCLE = {
  "packages/net/src/a.ts": 'import type { B } from "./b.js";\nexport interface A { b: B }\n',
  "packages/net/src/b.ts": 'import type { A } from "./a.js";\nexport interface B { a: A }\n',
};

describe("the linter", () => {
  it("reports each of these, in its file", (context) => {
    const files = Object.entries(WRONG).map(([rule, code]) => [`packages/net/src/${nameOf(rule)}.ts`, code]);
    const found = findingsIn(context, {
      ...Object.fromEntries(files),
      ...CIRCLE,
      "packages/net/src/myFile.ts": "export {};\n",
    });
    for (const rule of Object.keys(WRONG)) assert.ok(found.has(`${nameOf(rule)}.ts ${rule}`), rule);
    assert.ok(found.has("a.ts import(no-cycle)"));
    assert.ok(found.has("myFile.ts unicorn(filename-case)"));
  });

  it("has nothing against a file as it should be", (context) => {
    assert.deepEqual([...findingsIn(context, { "packages/net/src/good.ts": "export const good = 1;\n" })], []);
  });
});

describe("the compiler", () => {
  it("turns away what is not erasable: enums, namespaces, parameter properties", (context) => {
    const code =
      "export enum E { A }\nexport namespace N { export const a = 1; }\nexport class C { constructor(readonly a: 1) {} }";
    const root = makeLintTree(context, { "packages/net/src/wrong.ts": code });
    const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
    const { stdout } = spawnSync(process.execPath, [tsc, "-p", root], { encoding: "utf8" });
    assert.equal(stdout.match(/error TS1294/g)?.length, 3);
  });
});

/** @param {import("node:test").TestContext} context @param {Record<string, string>} files */
function makeLintTree(context, files) {
  return makeTree(context, {
    ".oxlintrc.json": readFileSync(join(ROOT, ".oxlintrc.json"), "utf8"),
    "tsconfig.json": {
      extends: join(ROOT, "tsconfig.base.json"),
      compilerOptions: { noEmit: true },
      include: ["packages"],
    },
    "package.json": { type: "module" },
    ...files,
  });
}

/** @param {import("node:test").TestContext} context @param {Record<string, string>} files */
function findingsIn(context, files) {
  const root = makeLintTree(context, files);
  const oxlint = join(ROOT, "node_modules", "oxlint", "bin", "oxlint");
  const { stdout } = spawnSync(process.execPath, [oxlint, "--format=json", "packages"], {
    cwd: root,
    encoding: "utf8",
  });
  /** @type {{ code: string, filename: string }[]} */
  const diagnostics = JSON.parse(stdout).diagnostics;
  return new Set(diagnostics.map(({ code, filename }) => `${basename(filename)} ${code}`));
}

/** @param {string} rule @returns {string} what its file is called */
function nameOf(rule) {
  return rule.replaceAll(/[^a-z]+/g, "-").replace(/-$/, "");
}
