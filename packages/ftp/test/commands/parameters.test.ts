import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FakeSession } from "./fake-session.js";

describe("PARAMETER_VERBS", () => {
  it("set the types A, I and L 8, and refuse others with 504", async () => {
    const session = new FakeSession();
    for (const [argument, type] of [
      ["A", "A"],
      ["I", "I"],
      ["a n", "A"],
      ["l 8", "I"],
    ] as const) {
      assert.equal((await session.command(`TYPE ${argument}`)).code, 200, argument);
      assert.equal(session.state.form.type, type);
    }
    const others = ["E", "A T", "A C", "L", "L 7", "X", "II"];
    assert.deepEqual(new Set(await session.codes(...others.map((each) => `TYPE ${each}`))), new Set([504]));
    assert.equal(session.state.form.type, "I");
  });

  it("set the modes S and Z, and refuse others with 504", async () => {
    const session = new FakeSession();
    assert.deepEqual(await session.codes("MODE z", "MODE B", "MODE C"), [200, 504, 504]);
    assert.equal(session.state.form.mode, "Z");
    assert.deepEqual(await session.codes("MODE S"), [200]);
    assert.equal(session.state.form.mode, "S");
  });

  it("know the structure F alone", async () => {
    assert.deepEqual(await new FakeSession().codes("STRU F", "STRU R", "STRU P"), [200, 504, 504]);
  });
});
