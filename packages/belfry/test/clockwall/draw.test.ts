import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stripVTControlCharacters } from "node:util";
import type { WallFace } from "@belfry/clock";
import fc from "fast-check";
import stringWidth from "string-width";
import { drawWall } from "../../src/clockwall/draw.js";

const NOW = 1_000_000_000;
const PLAIN = { columns: 100, rows: 24, isColoured: false, hint: "q quits", now: NOW };

const FACES: readonly WallFace[] = [
  { name: "NewYork", address: "127.0.0.1:8010", state: "ticking", since: 0, time: "03:51:05", error: null },
  { name: "Tokyo", address: "127.0.0.1:8020", state: "lost", since: NOW - 3500, time: "17:51:01", error: "refused" },
  { name: "London", address: "127.0.0.1:8030", state: "stalled", since: NOW - 184_000, time: "08:51:05", error: "x" },
  { name: "Paris", address: "127.0.0.1:8040", state: "connecting", since: NOW, time: null, error: null },
];

describe("drawWall()", () => {
  it("draws a line a clock, aligned, with its state and why it is lost", () => {
    assert.equal(
      drawWall(FACES, PLAIN),
      [
        "",
        "     CLOCK    TIME      STATE               ADDRESS",
        "  ●  NewYork  03:51:05  ticking             127.0.0.1:8010",
        "  ✕  Tokyo    17:51:01  lost for 3s         127.0.0.1:8020  refused",
        "  ◐  London   08:51:05  stalled for 3m 04s  127.0.0.1:8030",
        "  ○  Paris    --:--:--  connecting for 0s   127.0.0.1:8040",
        "",
        "  1 of 4 ticking · q quits",
        "",
      ].join("\n"),
    );
  });

  it("leaves out reason, address and state, in this order, as the window narrows", () => {
    assert.doesNotMatch(drawWall(FACES, { ...PLAIN, columns: 62 }), /refused/);
    assert.match(drawWall(FACES, { ...PLAIN, columns: 62 }), /127/);
    assert.doesNotMatch(drawWall(FACES, { ...PLAIN, columns: 50 }), /127/);
    assert.match(drawWall(FACES, { ...PLAIN, columns: 50 }), /stalled for/);
    assert.match(drawWall(FACES, { ...PLAIN, columns: 24 }), /^ {2}● {2}NewYork {2}03:51:05$/m);
    assert.match(drawWall(FACES, { ...PLAIN, columns: 20 }), /^ {2}● {2}NewY… {2}03:51:05$/m);
  });

  it("colours the state and nothing where colours are off", () => {
    const coloured = drawWall(FACES, { ...PLAIN, isColoured: true });
    assert.ok(coloured.includes("\u001B[31m✕"));
    assert.ok(coloured.includes("\u001B[32m●"));
    assert.equal(stripVTControlCharacters(coloured), drawWall(FACES, PLAIN));
  });

  it("counts the clocks that do not fit below the others", () => {
    const picture = drawWall(FACES, { ...PLAIN, rows: 8 });
    assert.match(picture, /Tokyo/);
    assert.match(picture, /… 2 more/);
    assert.ok(picture.split("\n").length <= 8);
  });

  it("says nothing of keys once it is over", () => {
    assert.match(drawWall(FACES, { ...PLAIN, hint: "" }), /1 of 4 ticking\n$/);
  });

  it("is never wider than the window, whatever the names", () => {
    const face = fc.record({
      name: fc.string({ unit: "grapheme", maxLength: 30 }),
      address: fc.constant("127.0.0.1:8000"),
      state: fc.constantFrom("connecting", "ticking", "stalled", "lost"),
      since: fc.integer({ min: 0, max: NOW }),
      time: fc.constantFrom(null, "12:00:00"),
      error: fc.constantFrom(null, "the name does not resolve"),
    });
    const property = fc.property(fc.array(face), fc.integer({ min: 24, max: 200 }), (faces, columns) => {
      for (const line of drawWall(faces, { ...PLAIN, columns }).split("\n"))
        assert.ok(stringWidth(line) <= columns, line);
    });
    fc.assert(property);
  });
});
