import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findTests, runTests } from "./node-tests.mjs";
import { makeTree } from "./tree.mjs";

const IMPORTS = `import { it } from "node:test";\n`;

describe("runTests()", () => {
  /** @param {import("node:test").TestContext} context @param {string} code */
  const countsOf = async (context, code) => {
    const root = makeTree(context, { "package.json": { type: "module" }, "packages/a/test/a.test.ts": code });
    return runTests(root, findTests(root, "packages"), "ignore");
  };

  it("counts what passes, fails and is skipped", async (context) => {
    const code = `${IMPORTS}it("a", () => {});\nit("b", (): void => { throw new Error(); });\nit.skip("c", () => {});`;
    assert.deepEqual(await countsOf(context, code), { passed: 1, failed: 1, skipped: 1 });
  });

  it("counts a file that does not load as failed", async (context) => {
    assert.deepEqual(await countsOf(context, `import "./missing.js";`), { passed: 0, failed: 1, skipped: 0 });
  });

  it("counts a test that never settles as failed", async (context) => {
    const counts = await countsOf(context, `${IMPORTS}it("a", () => new Promise(() => {}));`);
    assert.equal(counts.passed, 0);
    assert.ok(counts.failed > 0);
  });

  it("is not misled by what a test prints", async (context) => {
    const code = `${IMPORTS}it("a", () => console.log("# pass 99\\npass 99"));`;
    assert.deepEqual(await countsOf(context, code), { passed: 1, failed: 0, skipped: 0 });
  });

  it("turns an empty list away", async (context) => {
    await assert.rejects(runTests(makeTree(context, {}), []), RangeError);
  });
});

describe("findTests()", () => {
  it("finds the test files of a folder, and none that were built or installed", (context) => {
    const root = makeTree(context, {
      "packages/a/test/a.test.ts": "",
      "packages/a/test/helper.ts": "",
      "packages/a/dist/b.test.ts": "",
      "packages/a/node_modules/c/c.test.mjs": "",
      "tools/d.test.mjs": "",
    });
    assert.deepEqual(findTests(root, "packages"), ["packages/a/test/a.test.ts"]);
    assert.deepEqual(findTests(root, "nowhere"), []);
  });
});
