import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../bin/belfry.js", import.meta.url));

describe("bin/belfry.js", () => {
  it("says what to do when nothing is built", () => {
    const folder = mkdtempSync(join(tmpdir(), "belfry-"));
    try {
      mkdirSync(join(folder, "bin"));
      writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
      copyFileSync(BIN, join(folder, "bin", "belfry.js"));
      const { status, stderr } = spawnSync(process.execPath, [join(folder, "bin", "belfry.js")], { encoding: "utf8" });
      assert.match(stderr, /^belfry: Cannot run: it is not built yet\. Run `npm run build`.*\n$/);
      assert.equal(status, 1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("ends quietly when nobody reads what it prints", { skip: process.platform === "win32" }, () => {
    const command = `"${process.execPath}" "${BIN}" --help | head -c1`;
    const { status, stdout, stderr } = spawnSync("sh", ["-c", command], { encoding: "utf8" });
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: "U", stderr: "" });
  });
});
