import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TicketKeys } from "../../src/data/ticket-keys.js";

const UNKNOWN = 0;
const TAKE = 1;
const TAKE_AND_RENEW = 2;
const IV = Buffer.alloc(16);

/** What the runtime calls for each ticket. */
type Callback = (name: Buffer, iv: Buffer, isNew: boolean) => readonly [number, ...Buffer[]];

interface Runtime {
  isWanted: boolean;
  readonly keys: TicketKeys;
  readonly make: () => Buffer;
  readonly take: (ticket: Buffer) => number | undefined;
}

describe("TicketKeys", () => {
  it("takes the control connection's tickets, and those of data connections that are trusted", () => {
    const { keys, make, take } = withRuntime();
    const first = make();
    keys.begin();
    const second = make();
    assert.deepEqual([take(first), take(second)], [TAKE_AND_RENEW, UNKNOWN]);
    keys.trust();
    assert.deepEqual([take(first), take(second)], [TAKE_AND_RENEW, TAKE_AND_RENEW]);
  });

  it("never takes the tickets of a data connection that was passed over", () => {
    const { keys, make, take } = withRuntime();
    keys.begin();
    const stolen = make();
    keys.begin();
    make();
    keys.trust();
    assert.equal(take(stolen), UNKNOWN);
  });

  it("makes no better tickets for who has shown the name of a right one", () => {
    const { keys, make, take } = withRuntime();
    const first = make();
    keys.begin();
    // Whether the ticket behind the name is a right one, OpenSSL finds out by itself; if not, it makes a session and a ticket for it.
    take(first);
    assert.equal(take(make()), UNKNOWN);
  });

  it("keeps what is used, and forgets the data connections of long ago", () => {
    const { keys, make, take } = withRuntime();
    const control = make();
    const tickets: Buffer[] = [];
    for (let at = 0; at < 100; at += 1) {
      keys.begin();
      tickets.push(make());
      keys.trust();
      take(tickets[0] as Buffer);
    }
    assert.equal(take(control), TAKE_AND_RENEW);
    assert.deepEqual(
      [0, 1, 50, 99].map((at) => take(tickets[at] as Buffer)),
      [TAKE_AND_RENEW, UNKNOWN, UNKNOWN, TAKE_AND_RENEW],
    );
  });

  it("renews while that is wanted", () => {
    const runtime = withRuntime();
    const ticket = runtime.make();
    runtime.isWanted = false;
    assert.equal(runtime.take(ticket), TAKE);
  });

  it("says so where the runtime cannot be told", () => {
    assert.equal(new TicketKeys({ context: {} }, () => true).areHeeded, false);
    assert.equal(withRuntime().keys.areHeeded, true);
  });
});

/** Keys under a runtime that asks for them; tickets are the names of what they were made with. */
function withRuntime(): Runtime {
  const context: { enableTicketKeyCallback: () => void; onticketkeycallback?: Callback } = {
    enableTicketKeyCallback() {},
  };
  const runtime: Runtime = {
    isWanted: true,
    keys: new TicketKeys({ context }, () => runtime.isWanted),
    make: () => context.onticketkeycallback?.(IV, IV, true)[3] as Buffer,
    take: (name: Buffer) => context.onticketkeycallback?.(name, IV, false)[0],
  };
  return runtime;
}
