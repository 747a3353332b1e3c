import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BanRules } from "@belfry/ftp";
import { LoginLedger, type LoginWorker } from "../../src/supervisor/login-ledger.js";
import type { BannedMessage } from "../../src/supervisor/messages.js";

const RULES: BanRules = { kind: "user", attempts: 2, window: 60_000, banTime: 60_000 };
const FAIL = { name: "fail", key: "x", rules: RULES } as const;

interface Told extends LoginWorker {
  readonly told: BannedMessage[];
}

/** A worker that has entered. */
function enter(ledger: LoginLedger<Told>): Told {
  const told: BannedMessage[] = [];
  const worker = { told, send: (message: BannedMessage) => void told.push(message) };
  ledger.enter(worker);
  return worker;
}

function create(): { ledger: LoginLedger<Told>; one: Told; other: Told } {
  const ledger = new LoginLedger<Told>("ftp");
  return { ledger, one: enter(ledger), other: enter(ledger) };
}

describe("LoginLedger", () => {
  it("counts failures of all workers, also of those that have left", () => {
    const { ledger, one, other } = create();
    assert.equal(ledger.answer(FAIL, one), null);
    ledger.leave(one);
    assert.equal(typeof ledger.answer(FAIL, other), "number");
  });

  it("tells every worker of a ban before it answers, and of those there are whoever comes later", () => {
    const { ledger, one, other } = create();
    ledger.answer(FAIL, one);
    ledger.leave(one);
    assert.deepEqual(other.told, []);
    const until = ledger.answer(FAIL, other);
    const ban = { type: "banned", service: "ftp", kind: "user", bans: [["x", until]] };
    assert.deepEqual([one.told, other.told, enter(ledger).told], [[], [ban], [ban]]);
  });

  it("forgets the failures of who has logged in, in whichever worker", () => {
    const { ledger, one, other } = create();
    ledger.answer(FAIL, one);
    ledger.note({ name: "forgive", kind: "user", key: "x" }, other);
    assert.equal(ledger.answer(FAIL, one), null);
  });

  it("holds an account to its sessions over all workers, and those of one that has left are over", () => {
    const { ledger, one, other } = create();
    const ask = (worker: Told, max = 2): unknown => ledger.answer({ name: "enter", account: "ann", max }, worker);
    assert.deepEqual([ask(one), ask(other), ask(other), ask(other, 3)], [true, true, false, true]);
    ledger.note({ name: "left", account: "ann" }, one);
    assert.equal(ask(one), false);
    ledger.leave(other);
    assert.deepEqual([ledger.sessions, ask(one, 1), ledger.sessions], [0, true, 1]);
  });

  it("counts the sessions of accounts without a limit, for they may get one", () => {
    const { ledger, one, other } = create();
    for (const worker of [one, other]) ledger.note({ name: "entered", account: "ann" }, worker);
    assert.equal(ledger.answer({ name: "enter", account: "ann", max: 2 }, one), false);
    ledger.note({ name: "left", account: "ann" }, other);
    assert.equal(ledger.answer({ name: "enter", account: "ann", max: 2 }, one), true);
  });
});
