import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import stringWidth from "string-width";
import { drawTop } from "../../src/top/draw-top.js";
import { createTopState, type TopState, withKey, withLook, withLoss } from "../../src/top/top-state.js";
import { lookWith, type LookParts } from "./drawing.js";

function stateOf(parts: LookParts = {}): TopState {
  const { at = 10 } = parts;
  return withLook(createTopState(lookWith({ ...parts, at: at - 1 }), "keys"), lookWith(parts));
}

function draw(state: TopState, columns = 160, rows = 45): string {
  return drawTop(state, { columns, rows, isColoured: false, now: state.shown.look.at });
}

const MANY: LookParts = {
  services: Array.from({ length: 12 }, (_, at) => ({ name: `service-${at}` })),
  workers: 8,
  connections: Array.from({ length: 80 }, (_, at) => ({
    id: `service-1#1-${at}`,
    service: "service-1",
    bytesRead: at,
  })),
  total: 12_345,
};

describe("drawTop()", () => {
  it("shows the host, its services, workers and connections, and the keys", () => {
    const picture = draw(stateOf({ connections: [{}] }));
    assert.match(picture, /^ {2}belfry 0\.1\.0 · ● serving · ready · pid 4242 · up 10s · generation 1 · \/srv/);
    assert.match(picture, /^ {2}● {2}echo +serving +0 +0 +0 +0 +0 +0 +0 {2}127\.0\.0\.1:8007$/m);
    assert.match(picture, /^ {2}● +2 +4244 +serving +1 +3 +0 % +25 % +2\.1 ms +76\.3 MiB +11\.4 MiB +12 +10s$/m);
    assert.match(picture, /^ {2}● {2}echo#1-1 +127\.0\.0\.1:51234 +10s +0 /m);
    assert.match(picture, /q quit · \? help · s sorted by rate · Tab all services · p pause\n$/);
  });

  it("names the workers whose connections it has not got", () => {
    assert.match(draw(stateOf({ missing: [2] })), /^ {2}worker 2 does not answer; connections not shown · q quit/m);
  });

  it("counts what has no room", () => {
    const picture = draw(stateOf(MANY), 100, 24);
    assert.match(picture, /^ {2}… \d+ more$/m);
    assert.match(picture, /^ {2}… 12,3\d\d more$/m);
  });

  it("keeps the chosen service in sight", () => {
    const state = { ...stateOf(MANY), service: "service-11" };
    assert.match(draw(state, 80, 20), /▸ {2}service-11/);
    assert.doesNotMatch(draw(state, 80, 20), /service-1#/);
  });

  it("says in the host's line that it has gone, and why below", () => {
    const state = stateOf();
    const lost = withLoss(state, new Error("Cannot reach a host"), state.shown.look.at - 3000);
    assert.match(draw(lost), /✕ no answer for 3s, still looking · pid 4242/);
    assert.match(draw(lost), /Cannot reach a host · q quit/);
    assert.doesNotMatch(draw(withLook(lost, lookWith({ at: 11 }))), /no answer/);
  });

  it("shows crashes and a reload that failed", () => {
    const reloads = { succeeded: 1, failed: 1, lastAt: lookWith().at - 60_000, lastError: "bad" };
    assert.match(draw(stateOf({ status: { crashes: 2, reloads } })), /2 crashed · reload failed 1m 00s ago/);
  });

  it("says how many workers are missing, and when the next one starts", () => {
    const { at } = lookWith();
    const down = { services: [{ state: "down" as const }], workers: 0, status: { plannedWorkers: 2 } };
    assert.match(draw(stateOf(down)), /· 2 of 2 workers missing, starting · pid/);
    assert.match(draw(stateOf(down)), /^ {2}● {2}echo +down /m);
    const waits = stateOf({ ...down, workers: 1, status: { plannedWorkers: 2, nextStartAt: at + 4000 } });
    assert.match(draw(waits), /· 1 of 2 workers missing, next start in 4s · pid/);
    assert.doesNotMatch(draw(stateOf({ ...down, status: { plannedWorkers: 2, state: "draining" } })), /missing/);
  });

  it("fits any window, however small, in whatever state", () => {
    const keys = fc.array(fc.constantFrom("s", "tab", "up", "?", "p", "escape", "o", "a"), { maxLength: 5 });
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 200 }),
        fc.integer({ min: 5, max: 60 }),
        keys,
        (columns, rows, pressed) => {
          const state = pressed.reduce(withKey, stateOf(MANY));
          const picture = drawTop(state, { columns, rows, isColoured: true, now: state.shown.look.at });
          const lines = stripVTControlCharacters(picture).trimEnd().split("\n");
          assert.ok(lines.length < Math.max(rows, 7), `${lines.length} lines in ${rows}`);
          for (const line of lines) assert.ok(stringWidth(line) <= Math.max(columns, 34), line);
        },
      ),
    );
  });

  it("colours what is amiss, and nothing where colours are off", () => {
    const state = stateOf({ status: { crashes: 1 } });
    const canvas = { columns: 160, rows: 45, now: state.shown.look.at };
    const coloured = drawTop(state, { ...canvas, isColoured: true });
    assert.ok(coloured.includes("\u001B[31m1 crashed"));
    assert.equal(stripVTControlCharacters(coloured), drawTop(state, { ...canvas, isColoured: false }));
  });
});
