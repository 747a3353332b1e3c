import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { certificate } from "@belfry/testkit";
import { ftp } from "../src/ftp.js";
import type { FtpOptions } from "../src/options.js";
import { resolveSettings } from "../src/settings.js";
import { memoryStorage } from "../src/storage/memory-storage.js";
import { memoryCounts } from "../src/users/memory-counts.js";

describe("ftp()", () => {
  const wrong: readonly (readonly [options: object, message: RegExp])[] = [
    [{ root: "/no/such/place" }, /\/no\/such\/place/],
    [{ authenticate: "ann" }, /Cannot use authenticate "ann": expected a function/],
    [{ authenticate: () => null, root: "." }, /Cannot use root beside authenticate/],
    [{ root: ".", storage: memoryStorage() }, /Cannot use root "\.": storage is given too/],
    [{ banner: 5 }, /Cannot use banner 5: expected a string/],
    [{ active: "no" }, /Cannot use active "no": expected a boolean/],
    [{ idleTimeout: -1 }, /Cannot use idleTimeout -1: expected 0 to 2147483647/],
    [{ idleTimeout: "5m" }, /Cannot use idleTimeout "5m": expected a number/],
    [{ maxLineLength: 5 }, /Cannot use maxLineLength 5: expected a whole number of at least 128/],
    [{ maxPending: 0 }, /Cannot use maxPending 0: expected a whole number of at least 1/],
    [{ maxSessions: 1.5 }, /Cannot use maxSessions 1.5/],
    [{ maxSessionsPerAddress: 0 }, /Cannot use maxSessionsPerAddress 0/],
    [{ loginCounts: 5 }, /Cannot use loginCounts 5: expected an object with processes, bans and enter/],
    [
      { loginCounts: { ...memoryCounts(), processes: 0 } },
      /Cannot use loginCounts\.processes 0: expected a whole number of at least 1/,
    ],
    [{ before: {} }, /Cannot use before \{\}: expected a function/],
    [{ passive: { ports: { from: 2, to: 1 } } }, /ports/],
    [{ throttle: { attemptsPerSession: 0 } }, /Cannot use attemptsPerSession 0/],
    [{ tls: {} }, /Cannot use tls.credentials undefined/],
    [{ tls: { credentials: certificate, require: "always" } }, /Cannot use tls.require "always"/],
    [{ tls: { credentials: { cert: "x", key: "y" } } }, /./],
  ];
  for (const [options, message] of wrong) {
    it(`names the wrong option in ${JSON.stringify(options).slice(0, 60)}`, () => {
      const given = "root" in options ? options : { storage: memoryStorage(), ...options };
      assert.throws(() => ftp(given as FtpOptions), message);
    });
  }

  it("takes 0 and Infinity for no timeout", () => {
    const settings = resolveSettings({
      storage: memoryStorage(),
      idleTimeout: 0,
      stallTimeout: Number.POSITIVE_INFINITY,
    });
    assert.equal(settings.idleTimeout, Number.POSITIVE_INFINITY);
    assert.equal(settings.stallTimeout, Number.POSITIVE_INFINITY);
  });
});
