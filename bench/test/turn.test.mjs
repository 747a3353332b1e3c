import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { takeTurn } from "../src/turn.mjs";

const neverSaid = (/** @type {string} */ line) => assert.equal(line, "nothing");
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "belfry-turn-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("takeTurn", () => {
  it("takes a free turn at once and leaves only its own mark", async () => {
    await takeTurn(neverSaid, join(folder, "turn"));
    assert.deepEqual(readdirSync(folder), ["turn"]);
    assert.equal(readFileSync(join(folder, "turn"), "utf8"), String(process.pid));
  });

  it("takes over from a run that is gone", async () => {
    // No process has this id: it is over the most that Linux gives out.
    writeFileSync(join(folder, "turn"), "99999999");
    await takeTurn(neverSaid, join(folder, "turn"));
    assert.equal(readFileSync(join(folder, "turn"), "utf8"), String(process.pid));
  });
});
