import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import { describe, it } from "node:test";
import { PassThrough } from "node:stream";
import { withoutLeaks } from "@belfry/testkit";
import type { PrintedLine, Prints } from "../../src/log/prints.js";
import { relayPrints } from "../../src/supervisor/relay-prints.js";

/** A process that prints what the test says, and ends when it says. */
function printer(): { child: ChildProcess; stdout: PassThrough } {
  const stdout = new PassThrough();
  return { child: Object.assign(new EventEmitter(), { stdout, stderr: null }) as unknown as ChildProcess, stdout };
}

function collect(): Prints & { readonly texts: string[] } {
  const texts: string[] = [];
  return { texts, room: null, write: (lines: readonly PrintedLine[]) => texts.push(...lines.map(({ text }) => text)) };
}

describe("relayPrints", () => {
  it("waits for nothing more when all is read before the process is known to have ended", () =>
    withoutLeaks(async () => {
      const { child, stdout } = printer();
      const prints = collect();
      stdout.end("one\ntwo");
      await relayPrints(child, prints);
      assert.deepEqual(prints.texts, ["one", "two"]);
      assert.equal(child.listenerCount("exit"), 0);
    }));

  it("reads on without a reader when the process has ended", () =>
    withoutLeaks(async () => {
      const { child, stdout } = printer();
      const prints = { ...collect(), room: new Promise<void>(() => {}) };
      stdout.write("one\n");
      const relayed = relayPrints(child, prints);
      child.emit("exit", 0, null);
      stdout.end("two\n");
      await relayed;
      assert.deepEqual(prints.texts, ["one", "two"]);
    }));
});
