import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BUFFER_SIZES, BufferPool, type BufferShare } from "../src/buffer-pool.js";

const [smallest, small, middle, large, largest] = BUFFER_SIZES;

function takeAll(share: BufferShare, wanted: number): Buffer[] {
  const taken: Buffer[] = [];
  for (let buffer = share.take(wanted); buffer !== null; buffer = share.take(wanted)) taken.push(buffer);
  return taken;
}

describe("BufferPool", () => {
  it("lends the smallest buffer that holds what is wanted, or the largest there is", () => {
    const share = new BufferPool().share();
    for (const [wanted, size] of [
      [-1, smallest],
      [smallest, smallest],
      [smallest + 1, small],
      [middle + 1, large],
      [1 << 30, largest],
    ] as const) {
      assert.equal(share.take(wanted)?.byteLength, size);
    }
  });

  it("lends what came back again, to one at a time", () => {
    const pool = new BufferPool();
    const share = pool.share();
    const first = share.take(1) as Buffer;
    assert.equal(pool.bytesLent, smallest);
    share.give(first);
    assert.equal(pool.bytesLent, 0);
    assert.equal(pool.bytesKept, smallest);
    assert.equal(share.take(1), first);
    assert.notEqual(share.take(1), first);
    assert.equal(pool.bytesKept, 0);
  });

  it("gives each share its part of the bound, in pieces of one size", () => {
    const maxLent = 8 * largest;
    const pool = new BufferPool({ maxLent });
    const shares = Array.from({ length: 16 }, () => pool.share());
    for (const share of shares) {
      assert.deepEqual(
        takeAll(share, largest).map(({ byteLength }) => byteLength),
        [large],
      );
    }
    assert.equal(pool.bytesLent, maxLent);
  });

  it("gives who holds nothing the smallest in any case", () => {
    const pool = new BufferPool({ maxLent: largest });
    const [one, other] = [pool.share(), pool.share()];
    one.close();
    other.take(largest);
    assert.equal(pool.bytesLent, largest);
    const late = pool.share();
    assert.equal(late.take(largest)?.byteLength, smallest);
    assert.equal(late.take(smallest), null);
  });

  it("leaves more to the others when a share is closed, once", () => {
    const pool = new BufferPool({ maxLent: 2 * largest });
    const [one, other, last] = [pool.share(), pool.share(), pool.share()];
    last.close();
    last.close();
    const [buffer] = takeAll(one, largest);
    assert.equal(takeAll(other, largest).length, 1);
    one.close();
    assert.equal(other.take(largest), null, "what the closed share holds is lent still");
    one.give(buffer as Buffer);
    assert.equal(other.take(largest), buffer);
  });

  it("keeps what many need while there are many, and little behind them", () => {
    const pool = new BufferPool({ maxLent: 64 * largest, maxKept: 2 * largest });
    const shares = Array.from({ length: 64 }, () => pool.share());
    const lent = shares.map((share) => share.take(largest) as Buffer);
    shares.forEach((share, index) => share.give(lent[index] as Buffer));
    assert.equal(pool.bytesLent, 0);
    assert.equal(pool.bytesKept, 64 * largest);
    for (const share of shares) share.close();
    assert.equal(pool.bytesKept, 2 * largest);
  });

  it("drops buffers of other sizes before those of the size that comes back", () => {
    const pool = new BufferPool({ maxLent: 4 * largest, maxKept: largest });
    const share = pool.share();
    const [old, ...used] = [share.take(largest), share.take(large), share.take(large), share.take(large)];
    share.close();
    for (const buffer of [old, ...used]) share.give(buffer as Buffer);
    assert.equal(pool.bytesKept, largest);
    const again = pool.share();
    assert.ok(used.includes(again.take(large)));
    assert.ok(used.includes(again.take(large)));
  });
});
