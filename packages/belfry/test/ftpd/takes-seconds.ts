import assert from "node:assert/strict";

/**
 * Checks that `move` takes so many seconds, to a tenth of them. A busy machine is late now and then, and early never: of three
 * tries one has to be right, and none may be too fast.
 */
export async function takesSeconds(expected: number, move: () => Promise<unknown>): Promise<void> {
  const found: number[] = [];
  while (found.length < 3) {
    const began = performance.now();
    await move();
    const seconds = (performance.now() - began) / 1000;
    assert.ok(seconds > expected * 0.9, `${seconds} s, expected ${expected}`);
    if (seconds < expected * 1.1) return;
    found.push(seconds);
  }
  assert.fail(`${found.join(", ")} s, expected ${expected}`);
}
