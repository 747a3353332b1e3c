import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { describe, it, mock } from "node:test";
import { Worker } from "node:worker_threads";
import { until, withoutLeaks } from "@belfry/testkit";
import { LookupThread, type LookupThreadOptions } from "../../../src/storage/disk/lookup-thread.js";
import { type LookedUp, lookUp, type LookupTask, roomFor } from "../../../src/storage/disk/looked-up.js";
import { temporaryRoot } from "../temporary-root.js";

/** A start takes a fraction of a second, on a busy machine some. */
const PATIENCE = { timeout: 60_000 };

/** Runs `body` with a thread that was started. */
function withThread(options: LookupThreadOptions, body: (thread: LookupThread) => Promise<void>): Promise<void> {
  return withoutLeaks(async () => {
    const thread = new LookupThread({ processors: 2, ...options });
    try {
      thread.start();
      await body(thread);
    } finally {
      await thread.stop();
    }
  });
}

function task(names = "a/b", prefix = "/nowhere/"): LookupTask {
  return { prefix, names, found: roomFor(8) };
}

void describe("LookupThread", () => {
  void it("finds what this thread would, for one task after the other", async () => {
    const { root, stop } = temporaryRoot();
    try {
      for (let i = 0; i < 20; i += 1) fs.writeFileSync(join(root, `file ${i}`), "x".repeat(i));
      fs.writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from("é")]), "xyz");
      const lots = ["file 1/file 2", "gone", "file 3/file 19/gone/file 4", Buffer.from("é").toString("latin1")];
      await withThread({}, async (thread) => {
        await until(() => thread.hasRoom, PATIENCE);
        const found = await Promise.all(lots.map((names) => thread.lookUp(task(names, `${root}/`))));
        const own = lots.map((names) => {
          const mine = task(names, `${root}/`);
          lookUp(mine, fs);
          return mine.found;
        });
        assert.deepEqual(found, own);
      });
    } finally {
      stop();
    }
  });

  void it("has room for some tasks ahead, once it runs", () =>
    withThread({}, async (thread) => {
      assert.equal(thread.hasRoom, false);
      await until(() => thread.hasRoom, PATIENCE);
      const looking: Promise<LookedUp | null>[] = [];
      while (thread.hasRoom) looking.push(thread.lookUp(task()));
      assert.ok(looking.length >= 2 && looking.length < 100, `${looking.length} tasks`);
      await Promise.all(looking);
      assert.equal(thread.hasRoom, true);
    }));

  void it("does not run where there is one processor", () =>
    withThread({ processors: 1 }, async (thread) => {
      assert.equal(await thread.lookUp(task()), null);
      assert.equal(thread.hasRoom, false);
    }));

  void it("ends when nobody has wanted it for a while, and may be started again", () =>
    withThread({ idle: 1 }, async (thread) => {
      for (let i = 0; i < 2; i += 1) {
        thread.start();
        await until(() => thread.hasRoom, PATIENCE);
        await until(() => !thread.hasRoom, PATIENCE);
        assert.equal(await thread.lookUp(task()), null);
      }
    }));

  void it("keeps the process only while a task is under way", async () => {
    const marks: string[] = [];
    const mocks = (["ref", "unref"] as const).map((name) =>
      mock.method(Worker.prototype, name, function (this: Worker) {
        marks.push(name);
      }),
    );
    try {
      await withThread({}, async (thread) => {
        await until(() => thread.hasRoom, PATIENCE);
        assert.deepEqual(marks, ["unref"]);
        const looking = [thread.lookUp(task()), thread.lookUp(task())];
        assert.deepEqual(marks, ["unref", "ref"]);
        await Promise.all(looking);
        assert.deepEqual(marks, ["unref", "ref", "unref"]);
      });
    } finally {
      for (const each of mocks) each.mock.restore();
    }
  });

  void it("gives no answer when it is stopped", () =>
    withThread({}, async (thread) => {
      await until(() => thread.hasRoom, PATIENCE);
      const looking = thread.lookUp(task());
      await thread.stop();
      assert.equal(await looking, null);
    }));

  for (const [how, code] of [
    ["throws", "throw new Error('broken')"],
    ["is no program", "this is none"],
    ["ends", "process.exit(1)"],
    [
      "breaks at a task",
      "require('node:worker_threads').parentPort.on('message', () => { throw new Error('broken'); })",
    ],
  ] as const) {
    void it(`gives no answer when it ${how}, and is not tried again`, () =>
      withThread({ code }, async (thread) => {
        assert.equal(await thread.lookUp(task()), null);
        thread.start();
        assert.equal(await thread.lookUp(task()), null);
        assert.equal(thread.hasRoom, false);
      }));
  }
});
