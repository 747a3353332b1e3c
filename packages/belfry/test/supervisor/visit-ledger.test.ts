import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { VisitLedger } from "../../src/supervisor/visit-ledger.js";

describe("VisitLedger", () => {
  it("counts an address over all workers", () => {
    const ledger = new VisitLedger<string>(2);
    assert.equal(ledger.claim("a", "192.0.2.1"), true);
    assert.equal(ledger.claim("b", "192.0.2.1"), true);
    assert.equal(ledger.claim("b", "192.0.2.1"), false);
    assert.equal(ledger.claim("b", "192.0.2.2"), true);
    ledger.release("a", "192.0.2.1");
    assert.equal(ledger.claim("b", "192.0.2.1"), true);
  });

  it("lets those stay who are more than a lower limit allows", () => {
    const ledger = new VisitLedger<string>(Number.POSITIVE_INFINITY);
    for (const worker of ["a", "b", "b"]) assert.equal(ledger.claim(worker, "192.0.2.1"), true);
    ledger.setMax(3);
    assert.equal(ledger.total, 3);
    assert.equal(ledger.claim("a", "192.0.2.1"), false);
  });

  it("forgets the connections of a worker that has left, once", () => {
    const ledger = new VisitLedger<string>(3);
    for (const worker of ["a", "a", "b"]) ledger.claim(worker, "192.0.2.1");
    ledger.leave("a");
    ledger.leave("a");
    ledger.release("a", "192.0.2.1");
    assert.equal(ledger.total, 1);
    ledger.release("b", "192.0.2.1");
    ledger.release("b", "192.0.2.1");
    assert.equal(ledger.total, 0);
  });

  it("does not limit who has no address by it", () => {
    const ledger = new VisitLedger<string>(1);
    assert.equal(ledger.claim("a", ""), true);
    assert.equal(ledger.claim("a", ""), true);
  });
});
