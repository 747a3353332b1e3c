import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, it } from "node:test";
import { toSource } from "../src/source.js";
import { ManualSource } from "./manual-source.js";

describe("toSource()", () => {
  it("gives a Source back as it is", () => {
    const source = new ManualSource();
    assert.equal(toSource(source), source);
  });

  it("reads text as UTF-8 and stays at the end", async () => {
    const source = toSource(["é", "", Buffer.from("x")]);
    assert.equal(String(await source.read()), "é");
    assert.equal(String(await source.read()), "x");
    assert.equal(await source.read(), null);
    assert.equal(await source.read(), null);
  });

  it("takes one text for one chunk", async () => {
    const source = toSource("hello");
    assert.equal(String(await source.read()), "hello");
    assert.equal(await source.read(), null);
  });

  it("loses nothing when a wait is called off", async () => {
    const stream = new PassThrough();
    const source = toSource(stream);
    const controller = new AbortController();
    const called = source.read({ signal: controller.signal }) as Promise<unknown>;
    controller.abort(new Error("off"));
    await assert.rejects(called, /off/);
    stream.write("kept");
    assert.equal(String(await source.read()), "kept");
    source.close();
    assert.ok(stream.destroyed);
    assert.equal(await source.read(), null);
  });

  it("finishes an iterable when closed", async () => {
    let isFinished = false;
    async function* chunks(): AsyncGenerator<string> {
      try {
        yield "a";
        yield "b";
      } finally {
        isFinished = true;
      }
    }
    const source = toSource(chunks());
    await source.read();
    source.close();
    source.close();
    await Promise.resolve();
    assert.ok(isFinished);
  });
});
