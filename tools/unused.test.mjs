// What the configuration of knip looks at: unused files, exports and dependencies must not pass unseen.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { ROOT } from "./prepare.mjs";
import { makeTree } from "./tree.mjs";

const HOUSE = {
  "package.json": { name: "house", private: true, type: "module", workspaces: ["packages/*"] },
  "knip.json": readFileSync(join(ROOT, "knip.json"), "utf8"),
  "tsconfig.json": { files: [] },
  "packages/sync/package.json": {
    name: "@belfry/sync",
    type: "module",
    exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
  },
  "packages/sync/tsconfig.json": { compilerOptions: { rootDir: "src", outDir: "dist" }, include: ["src"] },
  "packages/sync/src/index.ts": `export { ring } from "./ring.js";\n`,
  "packages/sync/src/ring.ts": "export const ring = 1;\n",
};

describe("the check for unused code", () => {
  /** @param {import("node:test").TestContext} context @param {Record<string, unknown>} change */
  const run = (context, change) => {
    const cwd = makeTree(context, { ...HOUSE, ...change });
    const knip = join(ROOT, "node_modules", "knip", "bin", "knip.js");
    const { status, stdout } = spawnSync(process.execPath, [knip, "--no-progress"], { cwd, encoding: "utf8" });
    return { status, stdout };
  };

  it("finds nothing where all is used", (context) => {
    assert.equal(run(context, {}).status, 0);
  });

  it("reports files, exports and dependencies that are not used or not declared", (context) => {
    const { status, stdout } = run(context, {
      "packages/sync/src/lost.ts": "export {};\n",
      "packages/sync/src/ring.ts": `export * from "fast-check";\nexport const ring = 1, mute = 2;\n`,
    });
    assert.equal(status, 1);
    assert.match(stdout, /^packages\/sync\/src\/lost\.ts/m);
    assert.match(stdout, /^mute .*packages\/sync\/src\/ring\.ts/m);
    assert.match(stdout, /^fast-check .*packages\/sync/m);
  });
});
