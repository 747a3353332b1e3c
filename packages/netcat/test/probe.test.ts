import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BrokenError, listen } from "@belfry/net";
import { probe } from "../src/probe.js";

describe("probe()", () => {
  it("tells open ports from closed ones, in the order asked for", async () => {
    const open = await listen("127.0.0.1:0");
    const closed = await listen("127.0.0.1:0");
    await closed.close();
    const results = await probe("127.0.0.1", [closed.addr.port, open.addr.port]);
    assert.deepEqual(
      results.map(({ port, isOpen }) => [port, isOpen]),
      [
        [closed.addr.port, false],
        [open.addr.port, true],
      ],
    );
    assert.match(String(results[0]?.error?.message), /ECONNREFUSED/);
    await open.close();
  });

  it("rejects when the name does not resolve", async () => {
    await assert.rejects(probe("nowhere.invalid", [80]), BrokenError);
  });

  it("rejects with the reason of an abort", async () => {
    await assert.rejects(probe("127.0.0.1", [1], { signal: AbortSignal.abort(new Error("enough")) }), /enough/);
  });

  it("looks at many ports without a word on standard error", async (t) => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on("warning", onWarning);
    t.after(() => process.off("warning", onWarning));
    const open = await listen("127.0.0.1:0");
    const results = await probe(
      "127.0.0.1",
      Array.from({ length: 64 }, () => open.addr.port),
    );
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(results.every(({ isOpen }) => isOpen));
    assert.deepEqual(warnings, []);
    await open.close();
  });
});
