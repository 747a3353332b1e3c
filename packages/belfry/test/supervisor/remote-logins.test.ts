import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { LoginCounts } from "@belfry/ftp";
import { fakeClock } from "@belfry/testkit";
import { LoginLedger, type LoginWorker } from "../../src/supervisor/login-ledger.js";
import type { WorkerMessage } from "../../src/supervisor/messages.js";
import { RemoteLogins } from "../../src/supervisor/remote-logins.js";

const RULES = { kind: "address", attempts: 2, window: 60_000, banTime: 60_000 } as const;

/** A supervisor that answers in its own time, and only while it is not asleep. */
class Host {
  readonly ledger = new LoginLedger<LoginWorker>("ftp");
  readonly #missed: (() => void)[] = [];
  isAsleep = false;

  wake(): void {
    this.isAsleep = false;
    for (const hear of this.#missed.splice(0)) hear();
  }

  /** What one more worker counts by. */
  startWorker(): LoginCounts {
    const worker: LoginWorker = { send: (message) => logins.hear(message) };
    const logins = new RemoteLogins((message) => {
      const hear = (): void => this.#hear(message, worker, logins);
      if (this.isAsleep) this.#missed.push(hear);
      else queueMicrotask(hear);
    });
    const counts = logins.countsOf("ftp", 2);
    this.ledger.enter(worker);
    return counts;
  }

  #hear(message: WorkerMessage, worker: LoginWorker, logins: RemoteLogins): void {
    if (message.type === "loginNote") this.ledger.note(message.note, worker);
    if (message.type !== "loginQuestion") return;
    logins.hear({ type: "loginAnswer", id: message.id, answer: this.ledger.answer(message.question, worker) });
  }
}

describe("RemoteLogins", () => {
  it("count failures with those of other workers, and know of their bans without asking", async () => {
    const host = new Host();
    const counts = [host.startWorker(), host.startWorker()];
    const [one, other] = counts.map((each) => each.bans(RULES));
    const users = counts[1]?.bans({ ...RULES, kind: "user" });
    assert.equal(await one?.fail("x"), null);
    assert.equal(one?.forgive("x"), null);
    assert.equal(await other?.fail("x"), null);
    assert.deepEqual([one?.has("x"), other?.has("x")], [false, false]);
    assert.equal(typeof (await one?.fail("x")), "number");
    assert.deepEqual([one?.has("x"), other?.has("x"), users?.has("x")], [true, true, false]);
    assert.equal(host.startWorker().bans(RULES).has("x"), true);
  });

  it("count sessions with those of other workers, with a limit or without", async () => {
    const host = new Host();
    const [one, other] = [host.startWorker(), host.startWorker()];
    const leave = await one.enter("ann", 1);
    assert.equal(await other.enter("ann", 1), null);
    leave?.();
    assert.equal(typeof (await other.enter("ann", Number.POSITIVE_INFINITY)), "function");
    assert.equal(await one.enter("ann", 1), null);
    assert.equal(host.ledger.sessions, 1);
  });

  it("tell no one that they are not banned while a failure could not be counted", async (t) => {
    const clock = fakeClock(t);
    const host = new Host();
    const bans = host.startWorker().bans(RULES);
    host.isAsleep = true;
    assert.equal(bans.has("x"), false);
    const failed = assert.rejects(bans.fail("x"), { code: "ERR_NO_ANSWER" });
    await clock.advance(3000, 100);
    await failed;
    await assert.rejects(async () => bans.has("x"), { code: "ERR_NO_ANSWER" });
    host.wake();
    assert.equal(bans.has("x"), false);
    // What had not been answered was counted all the same.
    assert.equal(typeof (await bans.fail("x")), "number");
  });

  it("give back the place of who was let in too late", async (t) => {
    const clock = fakeClock(t);
    const host = new Host();
    const counts = host.startWorker();
    host.isAsleep = true;
    const refused = assert.rejects(async () => counts.enter("ann", 1), { code: "ERR_NO_ANSWER" });
    await clock.advance(3000, 100);
    await refused;
    host.wake();
    await clock.advance(1);
    assert.equal(host.ledger.sessions, 0);
    assert.equal(typeof (await counts.enter("ann", 1)), "function");
  });
});
