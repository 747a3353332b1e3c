import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findTests, runTests } from "./node-tests.mjs";
import { makeTree } from "./tree.mjs";

const IMPORTS = `import { it } from "node:test";\n`;

describe("runTests()", () => {
  /** @param {import("node:test").TestContext} context @param {string} code */
  const countsOf = async (context, code) => {
    const root = makeTree(context, { "package.json": { type: "module" }, "packages/a/test/a.test.ts": code });
    const { passed, failed, skipped } = await runTests(root, findTests(root, "packages"), { timeLimit: 10_000 });
    return { passed, failed, skipped };
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

  it("says what failed, by the names of its suites, and why", async (context) => {
    const code = `${IMPORTS}import { describe } from "node:test";
      describe("a", () => { describe("b", () => { it("c", () => { throw new Error("no d"); }); }); it("e", () => {}); });`;
    const root = makeTree(context, { "package.json": { type: "module" }, "packages/a/test/a.test.ts": code });
    const { passed, failed, failures } = await runTests(root, findTests(root, "packages"));
    assert.deepEqual({ passed, failed }, { passed: 1, failed: 1 });
    assert.equal(failures.length, 1);
    assert.equal(failures[0]?.name, "a › b › c");
    assert.match(failures[0]?.reason ?? "", /^Error: no d\n/);
  });

  it("counts a hook that fails", async (context) => {
    const code = `${IMPORTS}import { after, describe } from "node:test";
      describe("a", () => { after(() => { throw new Error("no b"); }); it("c", () => {}); });`;
    assert.deepEqual(await countsOf(context, code), { passed: 1, failed: 1, skipped: 0 });
  });

  it("counts a file without a test as failed", async (context) => {
    assert.deepEqual(await countsOf(context, ""), { passed: 0, failed: 1, skipped: 0 });
  });

  it("runs what failed again when told to, and says what passed only then", async (context) => {
    const once = `${IMPORTS}import { existsSync, writeFileSync } from "node:fs";
      it("a", () => { if (!existsSync("seen")) { writeFileSync("seen", ""); throw new Error("the first time"); } });`;
    const root = makeTree(context, {
      "package.json": { type: "module" },
      "packages/a/test/never.test.ts": `${IMPORTS}it("b", () => { throw new Error(); });`,
      "packages/a/test/once.test.ts": once,
    });
    const { passed, failed, failures, unsteady } = await runTests(root, findTests(root, "packages"), { isAgain: true });
    assert.deepEqual({ passed, failed }, { passed: 1, failed: 1 });
    assert.deepEqual(
      [failures, unsteady].map((list) => list.map(({ file }) => file)),
      [["packages/a/test/never.test.ts"], ["packages/a/test/once.test.ts"]],
    );
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
