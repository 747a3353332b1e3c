import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeChanges } from "../../src/control/describe-changes.js";
import type { HostStatus } from "../../src/inspect/host-view.js";
import { InProcessHost } from "./in-process-host.js";

async function statusOf(...services: string[]): Promise<HostStatus> {
  const host = await InProcessHost.start(...services);
  try {
    return await host.status();
  } finally {
    await host.close();
  }
}

describe("describeChanges()", () => {
  it("names services that came, went and changed, and the number of workers", async () => {
    const before = await statusOf("echo", "Tokyo:clock");
    const [echo] = before.services;
    const [worker] = before.workers;
    assert.ok(echo !== undefined && worker !== undefined);
    const after: HostStatus = {
      ...before,
      generation: 2,
      plannedWorkers: 2,
      services: [
        { ...echo, maxConns: null, isSecure: true },
        { ...echo, name: "gateway", kind: "./gateway.ts", addresses: ["unix:/run/gw.sock"] },
      ],
      // One of the two has ended and is to be replaced.
      workers: [
        { ...worker, number: 2, generation: 2 },
        { ...worker, state: "draining" },
      ],
    };
    assert.equal(
      describeChanges(before, after),
      [
        "generation 2 serves, from /etc/belfry/belfry.config.ts",
        "  ~ echo: TLS no → yes, maxConns 1000 → none",
        "  + gateway: ./gateway.ts on unix:/run/gw.sock",
        "  - Tokyo",
        "  workers 1 → 2",
        "",
      ].join("\n"),
    );
  });

  it("takes a service that only old workers serve for one that is gone", async () => {
    const before = await statusOf("echo", "Tokyo:clock");
    const [echo, tokyo] = before.services;
    assert.ok(echo !== undefined && tokyo !== undefined);
    const after: HostStatus = { ...before, generation: 2, services: [echo, { ...tokyo, state: "draining" }] };
    assert.match(describeChanges(before, after), /^generation 2 .*\n {2}- Tokyo\n$/);
    assert.match(describeChanges(after, { ...before, generation: 3 }), /^generation 3 .*\n {2}\+ Tokyo: clock on /);
  });

  it("says when nothing of that has changed", async () => {
    const status = await statusOf("echo");
    assert.match(
      describeChanges(status, { ...status, config: null }),
      /^generation 1 serves\n {2}no service has changed/,
    );
  });
});
