import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { claimPath } from "../../src/control/claim-path.js";
import { isUnix } from "./control-folder.js";

const ALL = 0o777;

describe("claimPath()", { skip: !isUnix }, () => {
  it("makes belfry's own directory this user's alone, also one that was there", async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "belfry-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const directory = join(folder, "belfry");
    mkdirSync(directory, { mode: 0o755 });
    assert.equal(await claimPath(join(directory, "1.sock"), true), false);
    assert.equal(statSync(directory).mode & ALL, 0o700);
  });

  it("takes no link for it, and leaves alone where that leads", async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "belfry-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const [elsewhere, directory] = [join(folder, "elsewhere"), join(folder, "belfry")];
    mkdirSync(elsewhere, { mode: 0o755 });
    symlinkSync(elsewhere, directory);
    await assert.rejects(claimPath(join(directory, "1.sock"), true), /belfry is not this user's own directory$/);
    assert.equal(statSync(elsewhere).mode & ALL, 0o755);
  });
});
