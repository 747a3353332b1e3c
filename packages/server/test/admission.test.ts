import { Addr, pipe } from "@belfry/net";
import type { Conn } from "@belfry/net";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Admission } from "../src/admission.js";
import { DescriptorBudget } from "../src/descriptor-budget.js";

function from(host: string): Conn {
  const [conn] = pipe();
  return Object.create(conn, { remoteAddr: { value: new Addr("tcp", host, 1) } }) as Conn;
}

describe("Admission", () => {
  it("admits so many of one address, and others all the same", () => {
    const admission = new Admission(2, null);
    assert.equal(admission.admit(from("192.0.2.1")), null);
    assert.equal(admission.admit(from("192.0.2.1")), null);
    assert.equal(admission.admit(from("192.0.2.1")), "address");
    assert.equal(admission.admit(from("192.0.2.2")), null);
  });

  it("admits another once one is given back", () => {
    const admission = new Admission(1, null);
    admission.admit(from("192.0.2.1"));
    admission.release(from("192.0.2.1"));
    assert.equal(admission.admit(from("192.0.2.1")), null);
    assert.equal(admission.admit(from("192.0.2.1")), "address");
  });

  it("sets peers without an address no limit", () => {
    const admission = new Admission(1, null);
    assert.equal(admission.admit(from("")), null);
    assert.equal(admission.admit(from("")), null);
  });

  it("tells a shortage of descriptors from its first finding", () => {
    const full = new DescriptorBudget({ limit: () => 10, used: () => 10, now: () => 0 });
    const admission = new Admission(Number.POSITIVE_INFINITY, full);
    assert.equal(admission.admit(from("192.0.2.1")), "exhausted");
    assert.equal(admission.admit(from("192.0.2.1")), "descriptors");
    assert.equal(admission.delay, 5);
  });
});
