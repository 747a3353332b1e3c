import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import { configJsonSchema } from "../../../src/config/schema/json-schema.js";

const FILE = new URL("../../../schema/belfry.config.schema.json", import.meta.url);

/** `BELFRY_WRITE=1` in the environment writes what these tests compare with. */
if (process.env["BELFRY_WRITE"] === "1") writeFileSync(FILE, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);

type Part = Readonly<Record<string, unknown>>;

/** Every key of every object in a schema, by its path. */
function* keysOf(part: unknown, path = ""): Generator<readonly [path: string, part: Part]> {
  if (typeof part !== "object" || part === null) return;
  const { properties = {}, ...rest } = part as Part & { readonly properties?: Part };
  for (const [key, value] of Object.entries(properties)) {
    yield [`${path}.${key}`, value as Part];
    yield* keysOf(value, `${path}.${key}`);
  }
  for (const value of Object.values(rest)) yield* keysOf(value, path);
}

describe("the schema for editors", () => {
  it("is what the loader checks with: write it anew with BELFRY_WRITE=1", () => {
    assert.deepEqual(JSON.parse(readFileSync(FILE, "utf8")), configJsonSchema());
  });

  it("describes every key, and says what holds when one that may be left out is", () => {
    const required = new Set(["use", "listen", "services", "name", "cert", "trust", "path", "$schema"]);
    const keys = [...keysOf(configJsonSchema())];
    assert.ok(keys.length > 100);
    for (const [path, { description, default: preset }] of keys) {
      assert.match(String(description), /^\w.*\.$/, path);
      const name = path.slice(path.lastIndexOf(".") + 1);
      if (!required.has(name)) assert.ok(preset !== undefined || /Default: /.test(String(description)), path);
    }
  });

  it("knows no other keys, and tells kinds of services by what they use", () => {
    const text = JSON.stringify(configJsonSchema());
    for (const kind of ["clock", "echo", "reverb", "ftp"]) assert.ok(text.includes(`"const":"${kind}"`), kind);
    assert.equal(
      (text.match(/"properties":\{/g) ?? []).length,
      (text.match(/"additionalProperties":false/g) ?? []).length,
    );
  });

  it("lets numbers and switches come from the environment", () => {
    const { properties } = configJsonSchema() as { readonly properties: Readonly<Record<string, unknown>> };
    assert.ok(JSON.stringify(properties["workers"]).includes(String.raw`"pattern":"\\$\\{"`));
  });
});
