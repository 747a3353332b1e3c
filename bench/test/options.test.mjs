import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseOptions, select } from "../src/options.mjs";

const ITEMS = ["go", "go-copy", "belfry-read", "belfry-copy"].map((name) => ({ name }));
const names = (/** @type {readonly { name: string }[]} */ items) => items.map((item) => item.name);

describe("parseOptions", () => {
  it("reads workloads and options", () => {
    const options = parseOptions(["echo", "bulk", "--peers", "go,belfry", "--rounds", "5", "--cores", "2,3"]);
    assert.deepEqual(options.workloads, ["echo", "bulk"]);
    assert.deepEqual(options.peers, ["go", "belfry"]);
    assert.equal(options.rounds, 5);
    assert.deepEqual(options.cores, { server: 2, client: 3 });
    assert.equal(options.node, undefined);
  });

  it("leaves it to the run whether to write, unless told", () => {
    assert.equal(parseOptions([]).isWritten, undefined);
    assert.equal(parseOptions(["--write"]).isWritten, true);
    assert.equal(parseOptions(["--no-write"]).isWritten, false);
  });

  it("names a value it cannot use", () => {
    assert.throws(() => parseOptions(["--rounds", "0"]), /Cannot use --rounds 0: expected a whole number/);
    assert.throws(() => parseOptions(["--cores", "1"]), /Cannot use --cores 1: expected two numbers/);
    assert.throws(() => parseOptions(["--speed"]), TypeError);
  });
});

describe("select", () => {
  it("takes all when nothing is named", () => {
    assert.equal(select(ITEMS, []).length, 4);
  });

  it("takes a name for itself, else for what begins with it", () => {
    assert.deepEqual(names(select(ITEMS, ["go"])), ["go"]);
    assert.deepEqual(names(select(ITEMS, ["belfry", "go"])), ["go", "belfry-read", "belfry-copy"]);
    assert.deepEqual(select(ITEMS, ["bun"]), []);
  });
});
