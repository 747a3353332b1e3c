import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it, mock } from "node:test";
import type { TypedNames } from "../../../src/storage/disk/directory-names.js";
import type { ListingContext } from "../../../src/storage/disk/listing-context.js";
import { NamesAhead } from "../../../src/storage/disk/names-ahead.js";
import type { Spot } from "../../../src/storage/disk/reach.js";
import { Ways } from "../../../src/storage/disk/ways.js";
import type { InfoField } from "../../../src/storage/storage.js";

const LOT = 384;
const SPOT = { shortcut: () => ({ prefix: "/", holds: () => true }) } as unknown as Spot;

function lot(): TypedNames {
  const names = Array.from({ length: LOT }, String);
  return { names, types: names.map(() => "file" as const) };
}

/** Offers so many names, a lot at a time. Tells how often a thread, which never gets ready, was started and what was taken. */
function offer(
  count: number,
  { fields, areQuick = true }: { readonly fields?: readonly InfoField[]; readonly areQuick?: boolean } = {},
): { readonly starts: number; readonly taken: number } {
  let starts = 0;
  const thread = { hasRoom: false, start: () => (starts += 1) };
  const context = { thread, fields, settings: { lookups: { areQuick } } } as unknown as ListingContext;
  const ahead = new NamesAhead(new Ways(SPOT), context);
  let taken = 0;
  for (let seen = 0; seen < count; seen += LOT) if (ahead.take(lot())) taken += 1;
  return { starts, taken };
}

void describe("NamesAhead", () => {
  void it("starts a thread for a large directory only", () => {
    assert.equal(offer(8000).starts, 0);
    assert.ok(offer(10_000).starts > 0);
  });

  void it("starts none where there is nothing to look at, or the disk is slow", () => {
    assert.equal(offer(10_000, { fields: [] }).starts, 0);
    assert.equal(offer(10_000, { areQuick: false }).starts, 0);
  });

  void it("takes nothing while no other thread does", () => {
    assert.equal(offer(10_000).taken, 0);
  });

  void it("leaves a lot for its turn when the disk lets this thread wait", () => {
    let hasRoom = true;
    const thread = {
      get hasRoom() {
        return hasRoom;
      },
      lookUp: () => new Promise(() => {}),
    };
    const waits: number[] = [];
    const lookups = { areQuick: true, took: (ms: number) => waits.push(ms) };
    const ahead = new NamesAhead(new Ways(SPOT), { thread, settings: { lookups } } as unknown as ListingContext);
    const lstatSync = mock.method(fs, "lstatSync", () => {
      const since = performance.now();
      while (performance.now() - since < 1);
    });
    try {
      assert.equal(ahead.take(lot()), false);
      assert.equal(ahead.take(lot()), true);
      hasRoom = false;
      assert.equal(ahead.take(lot()), true);
      assert.ok(lstatSync.mock.callCount() < 10, `${lstatSync.mock.callCount()} calls`);
      assert.equal(waits.length, lstatSync.mock.callCount());
    } finally {
      lstatSync.mock.restore();
    }
  });
});
