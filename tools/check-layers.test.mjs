import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkLayers, drawLayers } from "./check-layers.mjs";
import { makeTree } from "./tree.mjs";

const ENTRY = { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } };

/** sync and net as they should be; each test breaks one thing. */
const HOUSE = {
  "packages/sync/package.json": { name: "@belfry/sync", exports: ENTRY },
  "packages/sync/src/index.ts": `export { Channel } from "./channel.js";\n`,
  "packages/sync/src/channel.ts": `export class Channel {}\n`,
  "packages/net/package.json": { name: "@belfry/net", exports: ENTRY, dependencies: { "@belfry/sync": "0.1.0" } },
  "packages/net/src/index.ts": `export { dial } from "./dial.js";\n`,
  "packages/net/src/dial.ts": `import { Channel } from "@belfry/sync";\nexport const dial = () => new Channel();\n`,
};

describe("checkLayers()", () => {
  /** @param {import("node:test").TestContext} context @param {Record<string, unknown>} change */
  const findingsWith = (context, change) => checkLayers(makeTree(context, { ...HOUSE, ...change })).findings;

  it("finds nothing in a house whose arrows point down", (context) => {
    assert.deepEqual(findingsWith(context, {}), []);
  });

  it("reports an import that points up, with its line", (context) => {
    const file = `export class Channel {}\nimport type { dial } from "@belfry/net";\n`;
    assert.deepEqual(findingsWith(context, { "packages/sync/src/channel.ts": file }), [
      "packages/sync/src/channel.ts:2: sync may not import net: it stands on nothing",
    ]);
  });

  it("reports an import() and an export … from that point up", (context) => {
    const file = `export * from "@belfry/net";\nawait import("@belfry/net");\n`;
    assert.equal(findingsWith(context, { "packages/sync/src/channel.ts": file }).length, 2);
  });

  it("does not take a comment for an import", (context) => {
    const file = `/** @example import { dial } from "@belfry/net"; */\nexport class Channel {}\n`;
    assert.deepEqual(findingsWith(context, { "packages/sync/src/channel.ts": file }), []);
  });

  it("reports a dependency that points up", (context) => {
    const manifest = { name: "@belfry/sync", exports: ENTRY, peerDependencies: { "@belfry/net": "0.1.0" } };
    assert.deepEqual(findingsWith(context, { "packages/sync/package.json": manifest }), [
      "packages/sync/package.json: sync may not depend on net: it stands on nothing",
    ]);
  });

  it("reports an import of the test kit from a package's source", (context) => {
    const change = {
      "packages/testkit/package.json": { name: "@belfry/testkit", exports: ENTRY },
      "packages/testkit/src/index.ts": "export {};\n",
      "packages/net/src/dial.ts": `import "@belfry/testkit";\n`,
    };
    assert.match(findingsWith(context, change).join("\n"), /net may not import testkit/);
  });

  it("reports an import of a package that is not among the dependencies", (context) => {
    const change = { "packages/net/package.json": { name: "@belfry/net", exports: ENTRY } };
    assert.deepEqual(findingsWith(context, change), [
      "packages/net/src/dial.ts:1: @belfry/sync is not in @belfry/net's dependencies",
    ]);
  });

  it("reports an import of what is no public entry", (context) => {
    const change = { "packages/net/src/dial.ts": `import { Channel } from "@belfry/sync/dist/channel.js";\n` };
    assert.match(findingsWith(context, change).join("\n"), /is no public entry of @belfry\/sync/);
  });

  it("reports a relative import that leaves its package", (context) => {
    const change = { "packages/net/src/dial.ts": `import { Channel } from "../../sync/src/channel.js";\n` };
    assert.match(findingsWith(context, change).join("\n"), /leaves the package/);
  });

  it("reports imports of a package's own public face", (context) => {
    const change = { "packages/net/src/dial.ts": `import "./index.js";\nimport "@belfry/net";\n` };
    assert.equal(findingsWith(context, change).length, 2);
  });

  it("reports a barrel below the public face", (context) => {
    const change = { "packages/net/src/wires/index.ts": "export {};\n" };
    assert.deepEqual(findingsWith(context, change), [
      "packages/net/src/wires/index.ts: only src/index.ts is a public face",
    ]);
  });

  it("reports an entry that no source file stands for", (context) => {
    const exports = { ...ENTRY, "./testing": { default: "./dist/testing.js" } };
    const change = {
      "packages/net/package.json": { name: "@belfry/net", exports, dependencies: { "@belfry/sync": "0.1.0" } },
    };
    assert.match(findingsWith(context, change).join("\n"), /exports "\.\/testing"/);
  });

  it("reports a package that has no layer", (context) => {
    const change = { "packages/extra/package.json": { name: "@belfry/extra" } };
    assert.match(findingsWith(context, change).join("\n"), /"extra" has no layer/);
  });
});

describe("drawLayers()", () => {
  it("draws each arrow once, from the one that imports", (context) => {
    assert.equal(drawLayers(makeTree(context, HOUSE)), "flowchart BT\n  net --> sync");
  });
});
