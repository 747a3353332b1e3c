import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import { checkConfig } from "../../src/config/schema/check-config.js";
import { ConfigError } from "../../src/config/problems/config-error.js";
import { EXAMPLES } from "../../src/config/source/examples.js";
import type { Finding } from "../../src/config/problems/finding.js";
import { substitute } from "../../src/config/source/substitute.js";
import { loadFrom, makeFolder } from "./support.js";

/** Words that are near to what is right get further than others. */
const WORDS =
  "clock echo reverb ftp ./x.ts ./\0x :80 127.0.0.1:0 unix:a systemd:a fd:3 5s auto ${A} ${ $${ \0 10.0.0.0/8 __proto__ write 022 true";
const WORD = fc.constantFrom("", ...WORDS.split(" "));
const KEYS =
  "use listen tls cert key proxy trust maxConns idleTimeout allow users name password permissions quota bytes throttle options path";
const KEY = fc.constantFrom("__proto__", "hasOwnProperty", ...KEYS.split(" "));
const { value: VALUE } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.oneof(
      WORD,
      fc.string(),
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.bigInt(),
      fc.constant(undefined),
    ),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.oneof(KEY, fc.string()), tie("value"), { maxKeys: 6 }),
  ),
}));
const SERVICE = fc.oneof(
  VALUE,
  fc
    .tuple(WORD, WORD, fc.dictionary(KEY, VALUE, { maxKeys: 4 }))
    .map(([use, listen, rest]) => ({ listen, ...rest, use })),
);
const CONFIG = fc.oneof(
  VALUE,
  fc.record(
    {
      workers: VALUE,
      debug: VALUE,
      control: VALUE,
      log: VALUE,
      shutdownTimeout: VALUE,
      services: fc.dictionary(fc.oneof(WORD, fc.string()), SERVICE, { maxKeys: 4 }),
    },
    { requiredKeys: [] },
  ),
);

describe("whatever a config holds", () => {
  it("is taken, or told what is wrong, key by key", () => {
    fc.assert(
      fc.property(CONFIG, (config) => {
        const findings: Finding[] = [];
        const { host, services } = checkConfig(substitute(config, { A: "a" }, findings), findings);
        if (host === null) assert.ok(findings.length > 0);
        for (const { path, text } of findings) {
          assert.ok(Array.isArray(path));
          assert.doesNotMatch(text, /\n|undefined is|\[object/);
        }
        assert.ok(services instanceof Map);
      }),
      { numRuns: 3000 },
    );
  });

  it("fails with ConfigError, and nothing else", async (context) => {
    const folder = makeFolder(context, { "x.ts": "export default () => {};" });
    await fc.assert(
      fc.asyncProperty(CONFIG, async (config) => {
        const text = JSON.stringify(config, (_, value: unknown) => (typeof value === "bigint" ? Number(value) : value));
        writeFileSync(join(folder, "c.json"), text ?? "null");
        await loadFrom(folder, { file: "c.json", env: { A: "a" } }).catch(expectConfigError);
      }),
      { numRuns: 400 },
    );
  });

  for (const [format, example] of Object.entries(EXAMPLES).filter(([name]) => name !== "ts")) {
    it(`fails with ConfigError, and nothing else, when ${format} is damaged`, async (context) => {
      const folder = makeFolder(context);
      const edit = fc.record({
        at: fc.nat(example.length),
        remove: fc.nat(20),
        insert: fc.oneof(
          fc.string({ maxLength: 5 }),
          fc.constantFrom("{", "}", "[", "]", ":", "&a", "*a", "\n", '"', "'", "\0"),
        ),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
          let text = example;
          for (const { at, remove, insert } of edits) text = text.slice(0, at) + insert + text.slice(at + remove);
          writeFileSync(join(folder, `c.${format}`), text);
          await loadFrom(folder, { file: `c.${format}` }).catch(expectConfigError);
        }),
        { numRuns: 300 },
      );
    });
  }

  it("fails with ConfigError for depths that no parser stands", async (context) => {
    const deep = (open: string, close: string): string => open.repeat(200_000) + close.repeat(200_000);
    const files = {
      "a.json": deep("[", "]"),
      "a.json5": deep("[", "]"),
      "a.yaml": deep("[", "]"),
      "a.toml": `a = ${deep("[", "]")}`,
    };
    const folder = makeFolder(context, files);
    for (const file of Object.keys(files)) await assert.rejects(loadFrom(folder, { file }), ConfigError, file);
  });
});

function expectConfigError(error: unknown): void {
  if (!(error instanceof ConfigError)) throw error;
  assert.ok(error.problems.length > 0);
  for (const { message } of error.problems) assert.match(message, /^Cannot (?:use|read) [^\n]+$/);
}
