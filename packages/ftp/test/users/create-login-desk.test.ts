import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fakeClock, measureHeap, until, withoutLeaks } from "@belfry/testkit";
import { RateLimiterMemory } from "rate-limiter-flexible";
import type { Account, Authenticate } from "../../src/users/account.js";
import type { LoginResult } from "../../src/users/login-desk.js";
import type { ThrottleOptions } from "../../src/users/throttle.js";
import { ANN, makeDesk, onlyAnn, reasonOf, tryLogin } from "./login-desk.js";

/** Whether a promise has settled, seen from outside. */
function watch(promise: Promise<unknown>): { isOver: boolean } {
  const state = { isOver: false };
  void promise.finally(() => (state.isOver = true));
  return state;
}

describe("createLoginDesk", () => {
  it("gives the account of whoever authenticate lets in", async () => {
    const { desk } = makeDesk({});
    const result = await tryLogin(desk, { password: "secret" });
    assert.equal(result.account, ANN);
    assert.equal(desk.attemptsPerSession, 3);
  });

  it("says what throws, and never rejects", async () => {
    const error = new Error("down");
    const failing: Authenticate = () => {
      throw error;
    };
    const { desk } = makeDesk({ delay: 0 }, failing);
    assert.deepEqual(await tryLogin(desk), { account: null, reason: "error", error });
    assert.deepEqual(await tryLogin(makeDesk(false, failing).desk), { account: null, reason: "error", error });
  });

  const unusable: readonly (readonly [what: string, account: object, says: RegExp])[] = [
    ["without a name", { storage: ANN.storage }, /^TypeError: Cannot use an account's name undefined: /],
    ["without a storage", { name: "ann" }, /^TypeError: Cannot use the account "ann": expected a storage$/],
    ["with wrong permissions", { ...ANN, permissions: "all" }, /^TypeError: Cannot use permissions "all": /],
  ];
  for (const [what, account, says] of unusable) {
    it(`lets nobody in with an account ${what}`, async () => {
      for (const throttle of [{ delay: 0 }, false] as const) {
        const result = await tryLogin(makeDesk(throttle, () => account as Account).desk);
        assert.ok(result.account === null && result.reason === "error");
        assert.match(String(result.error), says);
      }
    });
  }

  it("takes no answer for a wrong password", async () => {
    const nobody = (() => undefined) as unknown as Authenticate;
    assert.equal(await reasonOf(tryLogin(makeDesk({ delay: 0 }, nobody).desk)), "credentials");
  });

  it("counts the sessions of an account, until they leave", async () => {
    const { desk } = makeDesk({ delay: 0 });
    const login = (): Promise<LoginResult> => tryLogin(desk, { password: "secret" });
    const [first] = [await login(), await login()];
    assert.equal(await reasonOf(login()), "limit");
    assert.ok(first.account !== null);
    first.leave();
    first.leave();
    assert.equal(await reasonOf(login()), "in");
    assert.equal(await reasonOf(login()), "limit");
  });

  it("admits nobody who has gone while logging in", async () => {
    const { desk } = makeDesk({ delay: 0 }, async (...call) => {
      await Promise.resolve();
      return onlyAnn(...call);
    });
    for (let i = 0; i < 3; i += 1) {
      const controller = new AbortController();
      const login = tryLogin(desk, { password: "secret", signal: controller.signal });
      controller.abort("gone");
      assert.deepEqual(await login, { account: null, reason: "error", error: "gone" });
    }
    assert.equal(await reasonOf(tryLogin(desk, { password: "secret" })), "in");
  });

  it("names a wrong option and its value at once", () => {
    const limiter = new RateLimiterMemory({ points: 1, duration: 1 });
    const wrong: readonly (readonly [unknown, RegExp])[] = [
      [5, /Cannot use throttle 5/],
      [{ attemptsPerSession: 0 }, /Cannot use attemptsPerSession 0: expected a whole number of at least 1/],
      [{ attemptsPerAddress: 1.5 }, /attemptsPerAddress 1.5/],
      [{ attemptsPerUser: "3" }, /attemptsPerUser "3"/],
      [{ window: 0 }, /Cannot use window 0: expected a whole number from 1 to 2147483647/],
      [{ banTime: 2 ** 31 }, /banTime 2147483648/],
      [{ delay: -1 }, /delay -1/],
      [{ stores: { byAddress: limiter } }, /Cannot use stores.byUser undefined/],
      [{ stores: { byAddress: {}, byUser: limiter } }, /Cannot use stores.byAddress object/],
    ];
    for (const [throttle, message] of wrong) {
      assert.throws(
        () => makeDesk(throttle as ThrottleOptions),
        (error: Error) => message.test(error.message),
        String(message),
      );
    }
    assert.throws(() => makeDesk({}, null as unknown as Authenticate), /Cannot use authenticate null/);
  });

  describe("delays", () => {
    it("answers a wrong password, an unknown user, an error and a ban after the same time", async (t) => {
      const clock = fakeClock(t);
      const authenticate: Authenticate = (...call) => {
        if (call[0].user === "broken") throw new Error("down");
        return onlyAnn(...call);
      };
      const { desk } = makeDesk({ attemptsPerUser: 1 }, authenticate);
      const banned = tryLogin(desk, { user: "eve" });
      await clock.advance(500, 500);
      await banned;
      const logins = ["ann", "bob", "broken", "eve"].map((user) => watch(tryLogin(desk, { user })));
      await clock.advance(499);
      assert.deepEqual(
        logins.map(({ isOver }) => isOver),
        [false, false, false, false],
      );
      await clock.advance(1);
      assert.deepEqual(
        logins.map(({ isOver }) => isOver),
        [true, true, true, true],
      );
    });

    it("counts the time authenticate takes", async (t) => {
      const clock = fakeClock(t);
      const { desk } = makeDesk({}, () => new Promise((resolve) => setTimeout(resolve, 400, null)));
      const login = watch(tryLogin(desk));
      await clock.advance(500);
      assert.equal(login.isOver, true);
    });

    it("doubles with each failure of a session, up to a minute", async (t) => {
      const clock = fakeClock(t);
      const { desk } = makeDesk({ delay: 1000 });
      const logins = [0, 1, 2, 30].map((failures) => watch(tryLogin(desk, { failures })));
      const over = (): readonly boolean[] => logins.map(({ isOver }) => isOver);
      await clock.advance(1000, 500);
      assert.deepEqual(over(), [true, false, false, false]);
      await clock.advance(1000, 500);
      assert.deepEqual(over(), [true, true, false, false]);
      await clock.advance(2000, 500);
      assert.deepEqual(over(), [true, true, true, false]);
      await clock.advance(55_999, 500);
      assert.equal(logins[3]?.isOver, false);
      await clock.advance(1);
      assert.equal(logins[3]?.isOver, true);
    });

    it("does not hold up who may come in, and leaves no timer behind", async (t) => {
      const clock = fakeClock(t);
      const { desk } = makeDesk({ delay: 1000 });
      assert.equal(await reasonOf(tryLogin(desk, { password: "secret" })), "in");
      assert.equal(clock.now, 0);
    });

    it("ends at once when the client has gone, and leaves no timer behind", () =>
      withoutLeaks(async () => {
        const { desk } = makeDesk({ delay: 100_000 });
        const controller = new AbortController();
        const login = tryLogin(desk, { signal: controller.signal });
        await new Promise((resolve) => setImmediate(resolve));
        controller.abort();
        assert.equal(await reasonOf(login), "credentials");
        assert.equal(await reasonOf(tryLogin(desk, { signal: controller.signal })), "error");
      }));
  });

  describe("bans", () => {
    it("ban an address after its failures, whoever it says it is, and say until when", async (t) => {
      const clock = fakeClock(t, { now: 1_000_000 });
      const { desk, bans } = makeDesk({ delay: 0, attemptsPerAddress: 3, banTime: 60_000 });
      for (const user of ["a", "b", "c"]) {
        assert.equal(desk.isBanned("192.0.2.1"), false);
        assert.equal(await reasonOf(tryLogin(desk, { user })), "credentials");
      }
      assert.deepEqual(bans, [{ kind: "address", key: "192.0.2.1", until: 1_060_000 }]);
      assert.equal(desk.isBanned("192.0.2.1"), true);
      assert.equal(desk.isBanned("::ffff:192.0.2.1"), true);
      assert.equal(desk.isBanned("192.0.2.2"), false);
      assert.equal(await reasonOf(tryLogin(desk, { password: "secret" })), "banned");
      await clock.advance(59_999, 1000);
      assert.equal(desk.isBanned("192.0.2.1"), true);
      await clock.advance(1);
      assert.equal(desk.isBanned("192.0.2.1"), false);
      assert.equal(await reasonOf(tryLogin(desk, { password: "secret" })), "in");
      assert.equal(bans.length, 1);
    });

    it("ban a user from one address, not from others", async () => {
      const { desk, bans } = makeDesk({ delay: 0, attemptsPerUser: 2 });
      await tryLogin(desk);
      await tryLogin(desk);
      assert.deepEqual(
        bans.map(({ kind, key }) => [kind, key]),
        [["user", "ann@192.0.2.1"]],
      );
      assert.equal(desk.isBanned("192.0.2.1"), false);
      assert.equal(await reasonOf(tryLogin(desk, { password: "secret" })), "banned");
      assert.equal(await reasonOf(tryLogin(desk, { password: "secret", remoteAddress: "192.0.2.2" })), "in");
    });

    it("forget the failures of a user that has logged in", async () => {
      const { desk, bans } = makeDesk({ delay: 0, attemptsPerUser: 2 });
      for (const password of ["wrong", "secret", "wrong"]) await tryLogin(desk, { password });
      assert.deepEqual(bans, []);
    });

    it("forget failures after the window", async (t) => {
      const clock = fakeClock(t);
      const { desk, bans } = makeDesk({ delay: 0, attemptsPerAddress: 2, window: 10_000 });
      await tryLogin(desk);
      await clock.advance(10_000, 1000);
      await tryLogin(desk);
      assert.deepEqual(bans, []);
      await tryLogin(desk);
      assert.equal(bans.length, 1);
    });

    it("hold for an IPv6 network", async () => {
      const { desk, bans } = makeDesk({ delay: 0, attemptsPerAddress: 2 });
      await tryLogin(desk, { remoteAddress: "2001:db8::1" });
      await tryLogin(desk, { remoteAddress: "2001:db8::ffff:1" });
      assert.deepEqual(
        bans.map(({ key }) => key),
        ["2001:db8::/64"],
      );
      assert.equal(desk.isBanned("2001:db8::2"), true);
      assert.equal(desk.isBanned("2001:db8:0:1::2"), false);
    });

    it("do not shut out all who come through one Unix socket", async () => {
      const { desk, bans } = makeDesk({ delay: 0, attemptsPerAddress: 2, attemptsPerUser: 3 });
      for (let i = 0; i < 3; i += 1) await tryLogin(desk, { remoteAddress: "/run/ftp.sock", user: "bob" });
      assert.deepEqual(
        bans.map(({ kind, key }) => [kind, key]),
        [["user", "bob@local"]],
      );
      assert.equal(desk.isBanned("/run/ftp.sock"), false);
      assert.equal(await reasonOf(tryLogin(desk, { remoteAddress: "/run/ftp.sock", password: "secret" })), "in");
    });

    it("let no more passwords be tried at once from an address than may fail", async () => {
      let checks = 0;
      const waiting: (() => void)[] = [];
      const authenticate: Authenticate = () => {
        checks += 1;
        return new Promise((resolve) => waiting.push(() => resolve(null)));
      };
      const { desk, bans } = makeDesk({ delay: 0, attemptsPerAddress: 5, attemptsPerUser: 100 }, authenticate);
      const logins = Array.from({ length: 50 }, () => tryLogin(desk));
      await until(() => waiting.length === 5);
      for (const end of waiting) end();
      await until(() => bans.length === 1);
      for (let i = 0; i < waiting.length; i += 1) waiting[i]?.();
      const reasons = await Promise.all(logins.map(reasonOf));
      assert.ok(checks < 10, `${checks} passwords were checked`);
      assert.equal(reasons.filter((reason) => reason === "banned").length, 50 - checks);
      assert.equal(bans.length, 1);
    });

    it("stay within bounded memory, however many addresses try", async () => {
      const { desk } = makeDesk({ delay: 0, attemptsPerAddress: 2 });
      const tryFrom = async (first: number): Promise<void> => {
        for (let i = 0; i < 12_000; i += 1) {
          const at = first + i;
          await tryLogin(desk, {
            user: "x".repeat(200),
            remoteAddress: `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`,
          });
        }
      };
      // The second round is where the tables have grown as far as they do.
      await tryFrom(0);
      await tryFrom(12_000);
      const before = measureHeap();
      await tryFrom(24_000);
      const grown = measureHeap() - before;
      // What is kept of each would make 8 MB; tables that grow by doubling make one or two.
      assert.ok(grown < 2 ** 22, `${grown} bytes`);
    });

    it("are switched off without a throttle", async () => {
      const { desk, bans } = makeDesk(false);
      assert.equal(desk.attemptsPerSession, Number.POSITIVE_INFINITY);
      for (let failures = 0; failures < 50; failures += 1) {
        assert.equal(await reasonOf(tryLogin(desk, { failures })), "credentials");
      }
      assert.deepEqual(bans, []);
      assert.equal(desk.isBanned("192.0.2.1"), false);
    });
  });

  describe("stores", () => {
    const stores = (points: number): NonNullable<ThrottleOptions["stores"]> => ({
      byAddress: new RateLimiterMemory({ points, duration: 60, keyPrefix: "a" }),
      byUser: new RateLimiterMemory({ points: 100, duration: 60, keyPrefix: "u" }),
    });

    it("share failures and bans among desks, told once", async () => {
      const shared = stores(3);
      const [one, other] = [makeDesk({ delay: 0, stores: shared }), makeDesk({ delay: 0, stores: shared })];
      await tryLogin(one.desk);
      await tryLogin(other.desk);
      assert.equal(await one.desk.isBanned("192.0.2.1"), false);
      const since = Date.now();
      await Promise.all([tryLogin(one.desk), tryLogin(other.desk)]);
      const bans = [...one.bans, ...other.bans];
      assert.deepEqual(
        bans.map(({ kind, key }) => [kind, key]),
        [["address", "192.0.2.1"]],
      );
      assert.ok((bans[0]?.until ?? 0) >= since + 900_000);
      for (const { desk } of [one, other]) {
        assert.equal(await desk.isBanned("192.0.2.1"), true);
        assert.equal(await reasonOf(tryLogin(desk, { password: "secret" })), "banned");
      }
    });

    it("refuse logins with the error of a store that fails, and no connection", async () => {
      const error = new Error("store down");
      const broken = stores(3);
      broken.byAddress.get = () => Promise.reject(error);
      const { desk } = makeDesk({ delay: 0, stores: broken });
      assert.equal(await desk.isBanned("192.0.2.1"), false);
      assert.deepEqual(await tryLogin(desk, { password: "secret" }), { account: null, reason: "error", error });
    });
  });
});
