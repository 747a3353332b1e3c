import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { WaitingRoom } from "../src/waiting-room.js";

describe("WaitingRoom", () => {
  it("lets out first who came first", () => {
    const room = new WaitingRoom<string>(3);
    for (const name of ["a", "b", "c"]) room.enter(name);
    assert.deepEqual([room.next(), room.next(), room.next(), room.next()], ["a", "b", "c", undefined]);
  });

  it("turns away at its capacity", () => {
    const room = new WaitingRoom<string>(1);
    assert.equal(room.enter("a"), true);
    assert.equal(room.enter("b"), false);
    assert.equal(room.size, 1);
  });

  it("lets nobody in at capacity 0", () => {
    assert.equal(new WaitingRoom<string>(0).enter("a"), false);
  });

  it("lets a member leave before its turn", () => {
    const room = new WaitingRoom<string>(3);
    for (const name of ["a", "b", "c"]) room.enter(name);
    assert.equal(room.leave("b"), true);
    assert.equal(room.leave("b"), false);
    assert.deepEqual([...room], ["a", "c"]);
  });
});
