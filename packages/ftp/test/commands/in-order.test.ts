import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inOrder } from "../../src/commands/in-order.js";
import type { FileInfo } from "../../src/storage/storage.js";

const info = (name: string): FileInfo => ({ name, type: "file", size: 0, modified: 0 });

async function* batchesOf(names: readonly string[], size: number): AsyncGenerator<readonly FileInfo[]> {
  for (let at = 0; at < names.length; at += size) yield names.slice(at, at + size).map(info);
}

async function namesIn(batches: AsyncIterable<readonly FileInfo[]>): Promise<string[]> {
  const names: string[] = [];
  for await (const batch of batches) for (const { name } of batch) names.push(name);
  return names;
}

/** `count` names, each once, in no order. */
const jumbled = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${(i * 7919) % count}`.padStart(5, "0"));

describe("inOrder", () => {
  it("sorts what is short by name, however its batches are cut", async () => {
    const names = ["b", "a.txt", "B", "a", "10", "é", "9"];
    const sorted = ["10", "9", "B", "a", "a.txt", "b", "é"];
    for (const size of [1, 2, 7]) assert.deepEqual(await namesIn(inOrder(batchesOf(names, size))), sorted);
    const most = jumbled(1000);
    assert.deepEqual(await namesIn(inOrder(batchesOf(most, 300))), most.toSorted());
  });

  it("passes on what is longer as it comes, each once", async () => {
    for (const size of [1, 300, 1001]) {
      const names = jumbled(1001);
      assert.deepEqual(await namesIn(inOrder(batchesOf(names, size))), names);
    }
  });

  it("takes a storage's batches however large they are", async () => {
    const names = jumbled(300_000);
    assert.deepEqual(await namesIn(inOrder(batchesOf(names, names.length))), names);
  });

  it("asks for no more than it holds before it gives some", async () => {
    let given = 0;
    const counting = (async function* () {
      for await (const batch of batchesOf(jumbled(100_000), 100)) {
        given += batch.length;
        yield batch;
      }
    })();
    const batches = inOrder(counting);
    await batches.next();
    assert.equal(given, 1100);
    await batches.return();
    assert.equal((await counting.next()).done, true);
  });

  it("gives nothing of an empty directory, and what its storage throws", async () => {
    assert.deepEqual(await inOrder(batchesOf([], 1)).next(), { done: true, value: undefined });
    const failing = (async function* () {
      yield [info("a")];
      throw new Error("gone");
    })();
    await assert.rejects(inOrder(failing).next(), /^Error: gone$/);
  });
});
