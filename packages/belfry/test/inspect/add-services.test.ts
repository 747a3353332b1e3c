import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addServices, joinStates } from "../../src/inspect/add-services.js";
import { serviceStatus } from "./inspected.js";

describe("addServices()", () => {
  it("adds up counts, and counts of each label", () => {
    const first = serviceStatus("echo", {}, { connections_open: 2, connections_closed_total: { returned: 1, cut: 2 } });
    const second = serviceStatus(
      "echo",
      {},
      { connections_open: 3, connections_closed_total: { returned: 4, idle: 5 } },
    );
    const [sum] = addServices([[first], [second]]);
    assert.equal(sum?.counters.connections_open, 5);
    assert.deepEqual(sum.counters.connections_closed_total, { returned: 5, cut: 2, idle: 5 });
    assert.equal(first.counters.connections_open, 2);
  });

  it("keeps services apart by name, in their order, and names each address once", () => {
    const lists = [
      [serviceStatus("clock"), serviceStatus("echo")],
      [serviceStatus("echo", { addresses: ["127.0.0.1:8000", "unix:/run/echo"] }), serviceStatus("ftp")],
    ];
    const sums = addServices(lists);
    assert.deepEqual(
      sums.map(({ name }) => name),
      ["clock", "echo", "ftp"],
    );
    assert.deepEqual(sums[1]?.addresses, ["127.0.0.1:8000", "unix:/run/echo"]);
  });

  it("takes a service as serving as long as one of its workers does", () => {
    const lists = [[serviceStatus("echo", { state: "draining" })], [serviceStatus("echo")]];
    assert.equal(addServices(lists)[0]?.state, "serving");
    assert.equal(joinStates(["finished", "draining"]), "draining");
    assert.equal(joinStates(["draining", "down"]), "down");
    assert.equal(joinStates(["down", "serving"]), "serving");
    assert.equal(joinStates([]), "finished");
  });

  it("says of nothing nothing", () => {
    assert.deepEqual(addServices([]), []);
    assert.deepEqual(addServices([[], []]), []);
  });
});
