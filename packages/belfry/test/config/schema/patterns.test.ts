import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { networks } from "@belfry/net";
import fc from "fast-check";
import { configJsonSchema } from "../../../src/config/schema/json-schema.js";
import { parseTarget } from "../../../src/config/schema/listen-target.js";
import * as patterns from "../../../src/config/schema/patterns.js";
import { parsePortRange } from "../../../src/ftpd/port-range.js";
import { parseToken } from "../../../src/options/debug-target.js";
import { parseDuration } from "../../../src/options/duration.js";

const ADDRESSES = [
  ":0 :8000 :08000 :65535 :65536 :70000 :99999 :100000 127.0.0.1:80 localhost:80 [::1]:80 [::]:0 ::1:80 []:80 [::1] 80 :",
  "unix: unix:a unix:/run/x.sock fd: fd:0 fd:2 fd:3 fd:003 fd:002 fd:10 fd:999999 fd:1000000 fd:x",
  "systemd: systemd:web systemd:a:b systemd:ä tcp:80 http://a:80 0.0.0.0",
].join(" ");

/** What is read, by whom, what editors are told of it, and texts to try: `words`, and those with blanks. */
const READERS = {
  durations: {
    pattern: patterns.DURATION_PATTERN,
    read: parseDuration,
    words: "0 00 5 5s 500ms 1.5m 2h 1m30s 1.s .5s -5s 5S 5d s 5m5 1e3s 5sec ٥s",
    others: ["5 minutes", " 5s", "5s\n", ""],
  },
  "places to listen": {
    pattern: patterns.TARGET_PATTERN,
    read: parseTarget,
    words: ADDRESSES,
    others: ["unix:a b", "unix:a\nb", "unix:a\0b", "systemd:a b", "a host:80", ""],
  },
  "addresses of the debug server": {
    pattern: patterns.TCP_PATTERN,
    read: (text: string) => {
      if (parseTarget(text).kind !== "tcp") throw new RangeError("no address of TCP");
    },
    words: ADDRESSES,
    others: [""],
  },
  networks: {
    pattern: patterns.NETWORK_PATTERN,
    read: (text: string) => networks([text]),
    words: [
      "10.0.0.0/8 10.0.0.0/08 10.0.0.0/032 10.0.0.0/33 10.0.0.0/ 10.0.0.0/-1 127.0.0.1 256.0.0.1 01.0.0.1 1.2.3 1.2.3.4.5",
      "::1 ::/0 fd00::/8 ::1/128 ::1/129 ::ffff:10.0.0.1 FE80::1 fe80::1%eth0 ::g localhost 10.0.0.0-10.0.0.9",
    ].join(" "),
    others: [""],
  },
  "ranges of ports": {
    pattern: patterns.PORT_RANGE_PATTERN,
    read: parsePortRange,
    words: "50000-50100 50000 50000- -50100 50000-50100-50200 50000:50100 a 500000",
    others: ["1 - 2", ""],
  },
  tokens: {
    pattern: patterns.TOKEN_PATTERN,
    read: parseToken,
    words: "a a:b ä",
    others: ["a b", "", "x".repeat(256), "x".repeat(257)],
  },
} as const;

function canRead(read: (text: string) => unknown, text: string): boolean {
  try {
    read(text);
    return true;
  } catch {
    return false;
  }
}

describe("the patterns for editors", () => {
  for (const [what, { pattern, read, words, others }] of Object.entries(READERS)) {
    it(`take ${what} as the loader does`, () => {
      const texts = [...words.split(" "), ...others];
      for (const flags of ["", "u"]) {
        const form = new RegExp(pattern, flags);
        for (const text of texts) assert.equal(form.test(text), canRead(read, text), JSON.stringify(text));
      }
    });

    it(`refuse none of the ${what} that the loader takes`, () => {
      const form = new RegExp(pattern, "u");
      const part = fc.constantFrom(..."0 1 9 12 255 65535 . : / - [ ] s ms h unix: fd: systemd: a f ::".split(" "));
      const text = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(""));
      fc.assert(
        fc.property(text, (given) => !canRead(read, given) || form.test(given)),
        { numRuns: 2000 },
      );
    });
  }

  it("stand in the schema, where the environment may say it instead", () => {
    const { properties } = configJsonSchema() as { readonly properties: Readonly<Record<string, unknown>> };
    const { anyOf } = properties["drainDelay"] as { readonly anyOf: readonly { readonly pattern: string }[] };
    const isTaken = (text: string): boolean => anyOf.some(({ pattern }) => new RegExp(pattern, "u").test(text));
    assert.ok(isTaken("5m"));
    assert.ok(isTaken("${DELAY:-5s}"));
    assert.ok(!isTaken("5 minutes"));
  });
});
