import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeMissing } from "../../src/inspect/describe-missing.js";
import { describeMissing as onPage } from "../../web/src/dashboard/describe-missing.js";

describe("describeMissing()", () => {
  it("names workers that do not answer", () => {
    assert.equal(describeMissing([2]), "worker 2 does not answer; not shown");
    assert.equal(describeMissing([2, 3]), "workers 2, 3 do not answer; not shown");
    assert.equal(describeMissing([2], "connections"), "worker 2 does not answer; connections not shown");
  });

  it("says nothing where none is missing", () => {
    assert.equal(describeMissing([]), null);
    assert.equal(describeMissing(undefined), null);
  });

  it("says the same on the dashboard", () => {
    for (const missing of [[], [2], [2, 3]]) assert.equal(onPage(missing), describeMissing(missing) ?? "");
  });
});
