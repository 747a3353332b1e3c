import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Finding } from "../../../src/config/problems/finding.js";
import { substitute } from "../../../src/config/source/substitute.js";

const ENV = { HOST: "10.0.0.1", PORT: "80", EMPTY: "" };

function put(value: unknown, env: Readonly<Record<string, string>> = ENV): readonly [unknown, readonly Finding[]] {
  const findings: Finding[] = [];
  return [substitute(value, env, findings), findings];
}

describe("substitute()", () => {
  for (const [given, wanted] of [
    ["${HOST}:${PORT}", "10.0.0.1:80"],
    ["${NONE:-127.0.0.1}:${PORT:-81}", "127.0.0.1:80"],
    ["${EMPTY}", ""],
    ["${EMPTY:-full}", "full"],
    ["${NONE:-}", ""],
    ["$${HOST} costs $5 and $$", "${HOST} costs $5 and $$"],
    ["$$${HOST}", "$${HOST}"],
    ["$HOST {HOST} }", "$HOST {HOST} }"],
  ] as const) {
    it(`makes ${JSON.stringify(given)} ${JSON.stringify(wanted)}`, () => {
      assert.deepEqual(put(given), [wanted, []]);
    });
  }

  it("does not look into what it has put in place", () => {
    assert.deepEqual(put("${A}", { A: "${B}", B: "b" }), ["${B}", []]);
  });

  it("goes through lists and objects, and leaves keys and everything else alone", () => {
    const date = new Date(0);
    const given = { "${HOST}": ["${PORT}", 1, null, true, { a: "${HOST}" }], date, put };
    assert.deepEqual(put(given)[0], { "${HOST}": ["80", 1, null, true, { a: "10.0.0.1" }], date, put });
  });

  it("names key and variable where one is not set, and shows no text that may hold a secret", () => {
    const [, findings] = put({ a: [{ b: "x-${NONE}" }], token: "abc${NONE}", c: "${NO NAME}", d: "${OPEN" });
    assert.deepEqual(findings, [
      { path: ["a", 0, "b"], text: '"x-${NONE}": the environment variable NONE is not set' },
      { path: ["token"], text: "the environment variable NONE is not set" },
      { path: ["c"], text: '"${NO NAME}": expected ${NAME} or ${NAME:-default}, or $${ for the characters themselves' },
      { path: ["d"], text: '"${OPEN": expected ${NAME} or ${NAME:-default}, or $${ for the characters themselves' },
    ]);
  });

  it("stands circles, shared parts, depths and names of prototypes", () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    const [copy] = put(circle) as readonly [Record<string, unknown>, unknown];
    assert.equal(copy["self"], copy);
    let wide: unknown = "x";
    for (let level = 0; level < 60; level += 1) wide = [wide, wide];
    assert.deepEqual(put(wide)[1], []);
    let deep: unknown = "x";
    for (let level = 0; level < 10_000; level += 1) deep = [deep];
    assert.match(put(deep)[1][0]?.text ?? "", /at most 64 levels/);
    assert.deepEqual(put(JSON.parse('{ "__proto__": { "polluted": 1 } }'))[1], [
      { path: ["__proto__"], text: "this key cannot be used" },
    ]);
  });
});
