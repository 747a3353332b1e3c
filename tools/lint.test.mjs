// The linter's configuration is a check of ours too: these wrong files must fail it.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { ROOT } from "./prepare.mjs";
import { makeTree } from "./tree.mjs";

const FILE = "packages/net/src/wrong.ts";

/** @type {readonly { rule: string, code: string }[]} */
const WRONG = [
  { rule: "import(no-default-export)", code: "export default 1;" },
  { rule: "eslint(max-lines)", code: `export {};${"\nvoid 0;".repeat(400)}` },
  { rule: "eslint(max-params)", code: "export const f = (a: 1, b: 1, c: 1, d: 1, e: 1) => [a, b, c, d, e];" },
  { rule: "eslint(no-console)", code: "export const f = () => console.log(1);" },
  { rule: "typescript(no-explicit-any)", code: "export let a: any;" },
  { rule: "typescript(no-namespace)", code: "export namespace N {}" },
  { rule: "typescript(no-non-null-assertion)", code: "export const f = (a?: string) => a!;" },
  { rule: "typescript(no-floating-promises)", code: "export const f = () => {\n  Promise.resolve();\n};" },
  {
    rule: "typescript(no-misused-promises)",
    code: "export const f = () => {\n  [1].forEach(async () => { await Promise.resolve(); });\n};",
  },
  { rule: "typescript(only-throw-error)", code: 'export const f = () => {\n  throw "no";\n};' },
  {
    rule: "typescript(switch-exhaustiveness-check)",
    code: 'export const f = (a: "x" | "y") => {\n  switch (a) {\n    case "x":\n      return 1;\n  }\n  return 2;\n};',
  },
];

describe("the linter", () => {
  for (const { rule, code } of WRONG) {
    it(`reports ${rule}`, (context) => {
      assert.ok(rulesBrokenBy(context, { [FILE]: code }).includes(rule));
    });
  }

  it("reports a circle between files, even one of types alone", (context) => {
    const files = {
      "packages/net/src/a.ts": 'import type { B } from "./b.js";\nexport interface A { b: B }\n',
      "packages/net/src/b.ts": 'import type { A } from "./a.js";\nexport interface B { a: A }\n',
    };
    assert.ok(rulesBrokenBy(context, files).includes("import(no-cycle)"));
  });

  it("reports a file whose name is not in kebab case", (context) => {
    const files = { "packages/net/src/myFile.ts": "export {};\n" };
    assert.ok(rulesBrokenBy(context, files).includes("unicorn(filename-case)"));
  });
});

describe("the compiler", () => {
  it("turns away what is not erasable: enums, namespaces, parameter properties", (context) => {
    const code =
      "export enum E { A }\nexport namespace N { export const a = 1; }\nexport class C { constructor(readonly a: 1) {} }";
    const root = makeLintTree(context, { [FILE]: code });
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

/** @param {import("node:test").TestContext} context @param {Record<string, string>} files @returns {string[]} */
function rulesBrokenBy(context, files) {
  const root = makeLintTree(context, files);
  const oxlint = join(ROOT, "node_modules", "oxlint", "bin", "oxlint");
  const { stdout } = spawnSync(process.execPath, [oxlint, "--format=json", "packages"], {
    cwd: root,
    encoding: "utf8",
  });
  return JSON.parse(stdout).diagnostics.map((/** @type {{ code: string }} */ each) => each.code);
}
