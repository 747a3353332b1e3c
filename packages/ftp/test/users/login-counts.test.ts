import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { until } from "@belfry/testkit";
import type { Authenticate } from "../../src/users/account.js";
import type { BanList, BanRules } from "../../src/users/ban-list.js";
import type { LoginCounts } from "../../src/users/login-counts.js";
import { memoryCounts } from "../../src/users/memory-counts.js";
import { ANN, makeDesk, onlyAnn, reasonOf, tryLogin } from "./login-desk.js";

type Made = ReturnType<typeof makeDesk>;

function listOf(list: BanList): BanList {
  return { has: (key) => list.has(key), fail: (key) => list.fail(key), forgive: (key) => list.forgive(key) };
}

describe("LoginCounts", () => {
  /** The same, told by promises, as by another process. */
  function slowly(counts: LoginCounts, processes = 2): LoginCounts {
    const bans: LoginCounts["bans"] = (rules) => {
      const list = counts.bans(rules);
      return { ...listOf(list), has: async (key) => list.has(key) };
    };
    return { processes, bans, enter: async (account, max) => counts.enter(account, max) };
  }

  it("bring a ban after failures at any of the desks, told once, and hold at all", async () => {
    const memory = memoryCounts();
    // One list of each kind, whoever asks.
    const lists = new Map<string, BanList>();
    const shared: LoginCounts = {
      ...memory,
      bans: (rules) => {
        const list = lists.get(rules.kind) ?? memory.bans(rules);
        lists.set(rules.kind, list);
        return list;
      },
    };
    const throttle = { delay: 0, attemptsPerAddress: 3 };
    const [one, other] = [1, 2].map(() => makeDesk(throttle, onlyAnn, slowly(shared))) as [Made, Made];
    await tryLogin(one.desk);
    await tryLogin(other.desk);
    assert.equal(await one.desk.isBanned("192.0.2.1"), false);
    await tryLogin(one.desk);
    assert.deepEqual([one.bans.length, other.bans.length], [1, 0]);
    for (const { desk } of [one, other]) {
      assert.equal(await desk.isBanned("192.0.2.1"), true);
      assert.equal(await reasonOf(tryLogin(desk, { password: "secret" })), "banned");
    }
  });

  it("are told the rules of each kind, with the defaults in place", () => {
    const asked: BanRules[] = [];
    const memory = memoryCounts();
    const counts: LoginCounts = { ...memory, bans: (rules) => (asked.push(rules), memory.bans(rules)) };
    makeDesk({ attemptsPerUser: 7, banTime: 5000 }, onlyAnn, counts);
    assert.deepEqual(asked, [
      { kind: "address", attempts: 20, window: 600_000, banTime: 5000 },
      { kind: "user", attempts: 7, window: 600_000, banTime: 5000 },
    ]);
  });

  it("hold an account's sessions to its limit over all desks", async () => {
    const counts = slowly(memoryCounts());
    const [one, other] = [1, 2].map(() => makeDesk({ delay: 0 }, onlyAnn, counts)) as [Made, Made];
    const first = await tryLogin(one.desk, { password: "secret" });
    assert.equal(await reasonOf(tryLogin(other.desk, { password: "secret" })), "in");
    assert.equal(await reasonOf(tryLogin(other.desk, { password: "secret" })), "limit");
    assert.ok(first.account !== null);
    first.leave();
    first.leave();
    assert.equal(await reasonOf(tryLogin(other.desk, { password: "secret" })), "in");
    assert.equal(await reasonOf(tryLogin(one.desk, { password: "secret" })), "limit");
  });

  it("give back the place of who has gone before it was answered", async () => {
    const memory = memoryCounts();
    const asked: (() => void)[] = [];
    const enter: LoginCounts["enter"] = async (account, max) => {
      await new Promise<void>((resolve) => asked.push(resolve));
      return memory.enter(account, max);
    };
    const { desk } = makeDesk({ delay: 0 }, onlyAnn, { ...memory, enter });
    const controller = new AbortController();
    const login = tryLogin(desk, { password: "secret", signal: controller.signal });
    await until(() => asked.length === 1);
    controller.abort("gone");
    asked[0]?.();
    assert.deepEqual(await login, { account: null, reason: "error", error: "gone" });
    assert.deepEqual([memory.enter("ann", 1) === null, memory.enter("ann", 1) === null], [false, true]);
  });

  it("refuse logins with their error when they cannot be asked, and look at no password", async () => {
    const error = new Error("nobody answers");
    let checks = 0;
    const authenticate: Authenticate = (...call) => {
      checks += 1;
      return onlyAnn(...call);
    };
    const memory = memoryCounts();
    const has = (): Promise<boolean> => Promise.reject(error);
    const bans: LoginCounts["bans"] = (rules) => ({ ...listOf(memory.bans(rules)), has });
    const { desk } = makeDesk({ delay: 0 }, authenticate, { ...memory, bans });
    assert.equal(await desk.isBanned("192.0.2.1"), false);
    assert.deepEqual(await tryLogin(desk, { password: "secret" }), { account: null, reason: "error", error });
    assert.equal(checks, 0);
    const full = makeDesk({ delay: 0 }, onlyAnn, { ...memory, enter: () => Promise.reject(error) });
    assert.deepEqual(await tryLogin(full.desk, { password: "secret" }), { account: null, reason: "error", error });
  });

  it("divide the passwords of an address that are checked at once, one at least for each", async () => {
    for (const [processes, atOnce] of [
      [2, 2],
      [3, 1],
      [100, 1],
    ] as const) {
      const waiting: (() => void)[] = [];
      const authenticate: Authenticate = () => new Promise((resolve) => waiting.push(() => resolve(ANN)));
      const counts = { ...memoryCounts(), processes };
      const { desk } = makeDesk({ delay: 0, attemptsPerAddress: 5 }, authenticate, counts);
      const logins = Array.from({ length: 3 }, () => tryLogin(desk));
      await until(() => waiting.length === atOnce);
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(waiting.length, atOnce);
      for (let i = 0; i < 3; i += 1) {
        await until(() => waiting.length > i);
        waiting[i]?.();
      }
      await Promise.all(logins);
    }
  });
});
