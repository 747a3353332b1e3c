import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HeldPrints } from "../../src/log/held-prints.js";
import type { PrintedLine } from "../../src/log/prints.js";

function line(text: string): PrintedLine[] {
  return [{ stream: "stdout", text, isCut: false }];
}

describe("HeldPrints", () => {
  it("gives what it holds to whom it is opened to, in order, and what comes then at once", () => {
    const held = new HeldPrints();
    const written: string[] = [];
    held.write(line("one"));
    held.write(line("two"));
    held.open({ write: (lines) => void written.push(...lines.map(({ text }) => text)), room: null });
    held.write(line("three"));
    assert.deepEqual(written, ["one", "two", "three"]);
  });

  it("has no room beyond 64 KiB until it is opened, and then as much as that has", async () => {
    const held = new HeldPrints();
    held.write(line("x".repeat(65_535)));
    const { room: before } = held;
    assert.equal(before, null);
    held.write(line("y"));
    const { room } = held;
    assert.ok(room !== null);
    const target = { write: () => {}, room: Promise.resolve() };
    held.open(target);
    await room;
    assert.equal(held.room, target.room);
  });
});
