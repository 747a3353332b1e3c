import { Addr, pipe } from "@belfry/net";
import type { Conn } from "@belfry/net";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Admission } from "../src/admission.js";
import type { AdmissionLimits } from "../src/admission.js";
import { DescriptorBudget } from "../src/descriptor-budget.js";

function from(host: string): Conn {
  const [conn] = pipe();
  return Object.create(conn, { remoteAddr: { value: new Addr("tcp", host, 1) } }) as Conn;
}

function perAddress(maxConnsPerAddress: number): AdmissionLimits {
  return { maxConnsPerAddress, allow: null, refuse: null };
}

/** Networks of so many hosts. */
const only = (...hosts: string[]) => ({ has: (host: string) => hosts.includes(host) });

describe("Admission", () => {
  it("admits so many of one address, and others all the same", () => {
    const admission = new Admission(perAddress(2), null);
    assert.equal(admission.admit(from("192.0.2.1")), null);
    assert.equal(admission.admit(from("192.0.2.1")), null);
    assert.equal(admission.admit(from("192.0.2.1")), "address");
    assert.equal(admission.admit(from("192.0.2.2")), null);
  });

  it("admits another once one is given back", () => {
    const admission = new Admission(perAddress(1), null);
    admission.admit(from("192.0.2.1"));
    admission.release(from("192.0.2.1"));
    assert.equal(admission.admit(from("192.0.2.1")), null);
    assert.equal(admission.admit(from("192.0.2.1")), "address");
  });

  it("sets peers without an address no limit", () => {
    const admission = new Admission(perAddress(1), null);
    assert.equal(admission.admit(from("")), null);
    assert.equal(admission.admit(from("")), null);
  });

  it("tells a shortage of descriptors from its first finding", () => {
    const full = new DescriptorBudget({ limit: () => 10, used: () => 10, now: () => 0 });
    const admission = new Admission(perAddress(Number.POSITIVE_INFINITY), full);
    assert.equal(admission.admit(from("192.0.2.1")), "exhausted");
    assert.equal(admission.admit(from("192.0.2.1")), "descriptors");
    assert.equal(admission.delay, 5);
  });

  it("admits only the networks that are allowed", () => {
    const admission = new Admission({ ...perAddress(9), allow: only("192.0.2.1") }, null);
    assert.equal(admission.admit(from("192.0.2.1")), null);
    assert.equal(admission.admit(from("192.0.2.2")), "network");
  });

  it("does not admit a network that is refused, even if it is allowed", () => {
    const limits = { ...perAddress(9), allow: only("192.0.2.1", "192.0.2.2"), refuse: only("192.0.2.2") };
    const admission = new Admission(limits, null);
    assert.equal(admission.admit(from("192.0.2.1")), null);
    assert.equal(admission.admit(from("192.0.2.2")), "network");
  });

  it("has nothing against a peer without an address", () => {
    const admission = new Admission({ ...perAddress(9), allow: only("192.0.2.1") }, null);
    assert.equal(admission.admit(from("")), null);
  });

  it("books nothing for a network that is refused", () => {
    let taken = 0;
    const budget = new DescriptorBudget({ limit: () => (taken++, 1000), used: () => 0, now: () => 0 });
    const admission = new Admission({ ...perAddress(1), refuse: only("192.0.2.2") }, budget);
    admission.admit(from("192.0.2.2"));
    assert.equal(taken, 0);
  });
});
