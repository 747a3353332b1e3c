import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkDocs } from "./check-docs.mjs";
import { makeTree } from "./tree.mjs";

/** @param {string} info @param {string} code */
const block = (info, code) => `\`\`\`${info}\n${code}\n\`\`\`\n`;

describe("checkDocs()", () => {
  /** @param {import("node:test").TestContext} context @param {Record<string, string>} files */
  const findingsIn = async (context, files) => (await checkDocs(makeTree(context, files))).findings;

  it("finds nothing in documents that are so", async (context) => {
    const files = {
      "README.md": `# Bells\n\nSee [how](docs/how.md#the-rope) and [above](#bells), \`docs/how.md\`, \`packages/*/src\`.\n${block("sh", "false")}`,
      "docs/how.md": `## The rope\n\n[Back](../README.md), [out](https://example.com/x)\n\n${block("ts", `import { ClosedError } from "@belfry/sync";\nif (new ClosedError().code !== "ERR_CLOSED") throw new Error("no");`)}`,
    };
    assert.deepEqual(await findingsIn(context, files), []);
  });

  it("reports an example that does not compile, at its line in the document", async (context) => {
    const files = { "README.md": `# Bells\n\n${block("ts", `const a = 1;\nconst b: string = a;`)}` };
    assert.match((await findingsIn(context, files)).join("\n"), /^README\.md:5: error TS2322/);
  });

  it("holds examples to the strictness of the sources", async (context) => {
    const files = { "README.md": block("ts", `const bells = ["a"];\nconst first: string = bells[0];`) };
    assert.match((await findingsIn(context, files)).join("\n"), /^README\.md:3: error TS2322/);
  });

  it("reports an example that throws", async (context) => {
    const files = { "docs/a.md": block("ts", `throw new Error("the rope broke");`) };
    assert.match((await findingsIn(context, files)).join("\n"), /^docs\/a\.md:2: fails when run[\s\S]*the rope broke/);
  });

  it("reports an example whose last await never settles", async (context) => {
    const files = { "README.md": block("ts", "await new Promise(() => {});") };
    assert.match((await findingsIn(context, files)).join("\n"), /^README\.md:2: never ends/);
  });

  it("compiles, and does not run, what is marked no-run", async (context) => {
    const files = {
      "README.md": `${block("ts no-run", "throw new Error();")}${block("ts no-run", "const a: string = 1;")}`,
    };
    assert.match((await findingsIn(context, files)).join("\n"), /^README\.md:5: error TS2322[^\n]*$/);
  });

  it("reports a block whose word is nearly right", async (context) => {
    const files = { "README.md": block("typescript", "1;") + block("ts norun", "1;") };
    assert.equal((await findingsIn(context, files)).length, 2);
  });

  it("reports a broken @example of a doc comment, and one without a block", async (context) => {
    const source = [
      "/**",
      " * Rings.",
      " *",
      " * @example",
      " * ```ts",
      " * const bell: string = 1;",
      " * ```",
      " * @returns nothing",
      " */",
      "export function ring(): void {}",
      "/** @example ring() */",
      "export const again = ring;",
    ];
    const findings = await findingsIn(context, { "packages/sync/src/ring.ts": source.join("\n") });
    assert.equal(findings.length, 2);
    assert.match(String(findings[0]), /ring\.ts:11: @example holds no fenced block/);
    assert.match(String(findings[1]), /ring\.ts:6: error TS2322/);
  });

  it("reports links to files and headings that are not there", async (context) => {
    const files = { "README.md": "# A\n\n[b](docs/b.md) [c](#c) [d](docs/d.md#e)\n", "docs/d.md": "# D\n" };
    assert.deepEqual(await findingsIn(context, files), [
      'README.md:3: nothing at "docs/b.md"',
      'README.md:3: nothing at "#c"',
      'README.md:3: nothing at "docs/d.md#e"',
    ]);
  });

  it("reports a file that the text names and that is not there", async (context) => {
    const files = { "packages/net/README.md": "The table stands in `packages/net/src/table.ts`.\n" };
    assert.deepEqual(await findingsIn(context, files), [
      "packages/net/README.md:1: no file `packages/net/src/table.ts`",
    ]);
  });

  it("does not look for links in code", async (context) => {
    const files = { "README.md": `${block("text", "[a](b.md)")}\`[c](d.md)\`\n` };
    assert.deepEqual(await findingsIn(context, files), []);
  });
});
