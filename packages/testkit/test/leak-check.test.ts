import assert from "node:assert/strict";
import { open } from "node:fs/promises";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, it } from "node:test";
import { onAbort, Group } from "@belfry/sync";
import { countDescriptors, measureGrowth, measureHeap, withoutLeaks } from "../src/leak-check.js";

const short = { timeout: 30 };

describe("withoutLeaks()", () => {
  it("is content when everything is released, be it a little later", () =>
    withoutLeaks(async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      server.close();
    }));

  it("names a server left listening", async () => {
    const server = createServer();
    const leaking = withoutLeaks(async () => void (await once(server.listen(0, "127.0.0.1"), "listening")), short);
    await assert.rejects(leaking, /Leaked: .*1 × TCPServerWrap/);
    server.close();
  });

  it("names a timer left running", async () => {
    let timer: NodeJS.Timeout | undefined;
    const leaking = withoutLeaks(async () => void (timer = setTimeout(() => {}, 60_000)), short);
    await assert.rejects(leaking, /1 × Timeout/);
    clearTimeout(timer);
  });

  it("names a task left running", async () => {
    const group = new Group({ name: "demo" });
    const sleep = (signal: AbortSignal) => new Promise<void>((resolve) => onAbort(signal, () => resolve()));
    await assert.rejects(
      withoutLeaks(() => group.go(sleep, "sleeper"), short),
      /1 × task "demo\/sleeper"/,
    );
    group.cancel();
    await group.wait();
  });

  it("names a file left open", { skip: countDescriptors() === undefined }, async () => {
    const files: Awaited<ReturnType<typeof open>>[] = [];
    // Several, so that one the runner closes meanwhile does not make up for them.
    const leaking = withoutLeaks(async () => {
      for (let count = 0; count < 5; count++) files.push(await open(process.execPath));
    }, short);
    await assert.rejects(leaking, /\d × file descriptor/);
    for (const file of files) await file.close();
  });

  it("passes on what the body threw", async () => {
    const error = new Error("enough");
    await assert.rejects(
      withoutLeaks(() => Promise.reject(error)),
      error,
    );
  });
});

describe("measureHeap()", () => {
  it("counts what is kept and not what is not", () => {
    const before = measureHeap();
    const kept = Buffer.alloc(8 << 20);
    assert.ok(measureHeap() - before > 7 << 20);
    assert.equal(kept.length, 8 << 20);
  });
});

describe("measureGrowth()", () => {
  it("finds what grows in every round", async () => {
    const kept: Buffer[] = [];
    const growth = await measureGrowth(async () => void kept.push(Buffer.alloc(1 << 20)));
    assert.ok(growth > 900_000, `${growth} bytes`);
    assert.equal(kept.length, 4);
  });

  it("is not misled by what is paid once", async () => {
    const kept: Buffer[] = [];
    const growth = await measureGrowth(async () => {
      if (kept.length === 0) kept.push(Buffer.alloc(8 << 20));
    });
    assert.ok(growth < 1 << 20, `${growth} bytes`);
    assert.equal(kept.length, 1);
  });
});
