import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { bytesToSystem, checkPath, fromBytes, toSystem } from "../../../src/storage/disk/system-path.js";

function isRefused(path: string, platform: NodeJS.Platform): boolean {
  try {
    checkPath(path, platform);
    return false;
  } catch {
    return true;
  }
}

void describe("toSystem", () => {
  void it("gives the bytes back that a name was made of", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const latin1 = Buffer.from(bytes).toString("latin1");
        assert.deepEqual(Buffer.from(toSystem(fromBytes(latin1)) as string), Buffer.from(bytes));
        assert.deepEqual(Buffer.from(bytesToSystem(latin1) as string, "latin1"), Buffer.from(bytes));
      }),
    );
  });
});

void describe("checkPath", () => {
  void it("takes normal paths only", () => {
    for (const path of ["/", "/a", "/a/b", "/...", "/.a", "/a.", "/..a", "/ "])
      assert.ok(!isRefused(path, "linux"), path);
    for (const path of ["", "a", "//", "/a/", "/.", "/..", "/a/./b", "/a/../b", "/a//b", "/a\0", "a/b"]) {
      assert.ok(isRefused(path, "linux"), path);
    }
  });

  void it("counts bytes, not characters", () => {
    assert.ok(!isRefused(`/${"é".repeat(127)}a`, "linux"));
    assert.ok(isRefused(`/${"é".repeat(128)}`, "linux"));
    assert.ok(!isRefused(`/${"\udcff".repeat(255)}/x`, "linux"));
    assert.ok(isRefused(`/x/${"\udcff".repeat(256)}/x`, "linux"));
  });

  void it("refuses on Windows what leads elsewhere there", () => {
    const bad = [
      "/a\\b",
      "/..\\x",
      "/c:",
      "/file:stream",
      "/CON",
      "/nul.txt",
      "/d/com1/x",
      "/LPT9 .x",
      "/a.",
      "/a ",
      "/a./b",
    ];
    for (const path of bad) {
      assert.ok(isRefused(path, "win32"), path);
    }
    for (const path of ["/", "/console", "/nullable", "/a.b", "/.a", "/com", "/lpt"])
      assert.ok(!isRefused(path, "win32"), path);
  });
});
