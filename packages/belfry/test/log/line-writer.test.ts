import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { Writable } from "node:stream";
import { describe, it } from "node:test";
import { createLineWriter } from "../../src/log/line-writer.js";

const nameDropped = (count: number): string => `${count} dropped\n`;

/** A stream that keeps each write, and takes none more while it is told not to read. */
function keeper(): { stream: Writable; writes: string[]; read: () => void; stall: () => void } {
  const writes: string[] = [];
  let isStalled = false;
  let waiting: (() => void) | null = null;
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      writes.push(String(chunk));
      if (isStalled) waiting = done;
      else done();
    },
  });
  const read = (): void => {
    isStalled = false;
    waiting?.();
  };
  return { stream, writes, read, stall: () => void (isStalled = true) };
}

/** Resolves once it is so, looking whenever the stream has written something. */
async function written(stream: Writable, isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise<void>((resolve) => stream.write("", () => resolve()));
}

describe("createLineWriter()", () => {
  it("writes a line at once, behind those that were gathered", () => {
    const { stream, writes } = keeper();
    const lines = createLineWriter(stream, nameDropped);
    lines.gather("a\n");
    lines.gather("b\n");
    assert.deepEqual(writes, []);
    lines.write("c\n");
    assert.deepEqual(writes, ["a\nb\n", "c\n"]);
  });

  it("writes what was gathered a moment later, together", async () => {
    let onWrite: (text: string) => void = () => {};
    const written = new Promise<string>((resolve) => (onWrite = resolve));
    const stream = new Writable({ write: (chunk, _encoding, done) => (onWrite(String(chunk)), done()) });
    const lines = createLineWriter(stream, nameDropped);
    lines.gather("a\n");
    lines.gather("b\n");
    assert.equal(await written, "a\nb\n");
  });

  it("writes whole lines, no more at a time than a pipe takes whole", () => {
    const { stream, writes } = keeper();
    const lines = createLineWriter(stream, nameDropped);
    const line = `${"é".repeat(499)}\n`;
    for (let i = 0; i < 10; i++) lines.gather(line);
    lines.write("end\n");
    assert.deepEqual(
      writes.map((text) => Buffer.byteLength(text)),
      [3996, 3996, 1998, 4],
    );
  });

  it("drops and counts lines while 1 MiB waits for a reader", async () => {
    const { stream, writes, read, stall } = keeper();
    const lines = createLineWriter(stream, nameDropped);
    stall();
    const line = `${"x".repeat(1023)}\n`;
    for (let i = 0; i < 2000; i++) lines.gather(line);
    lines.write("end\n");
    const room = lines.room;
    assert.ok(room !== null);
    read();
    await room;
    await written(stream, () => writes.at(-1)?.endsWith("dropped\n") === true);
    lines.write("again\n");
    const text = writes.join("");
    const kept = text.split(line).length - 1;
    assert.ok(kept >= 1024 && kept < 1024 + 16, `${kept}`);
    assert.ok(text.endsWith(`${2001 - kept} dropped\nagain\n`), text.slice(-40));
    assert.equal(lines.room, null);
  });

  it("gives a stream no more than a pipe takes whole, however much waits for the reader", async () => {
    const { stream, writes, read, stall } = keeper();
    const lines = createLineWriter(stream, nameDropped);
    const others = createLineWriter(stream, nameDropped);
    stall();
    const line = `${"x".repeat(999)}\n`;
    let most = 0;
    for (let i = 0; i < 20; i++) {
      (i % 2 === 0 ? lines : others).write(line);
      most = Math.max(most, stream.writableLength);
    }
    read();
    await written(stream, () => writes.join("") === line.repeat(20));
    assert.ok(most <= 4096, `${most}`);
    assert.ok(writes.every((text) => text.length <= 4096 && text.length % 1000 === 0));
  });

  it("keeps nothing for a reader that has gone", async () => {
    let fail: () => void = () => {};
    const stream = new Writable({ write: (_chunk, _encoding, done) => void (fail = () => done(new Error("gone"))) });
    const failed = once(stream, "error").catch(() => {});
    const lines = createLineWriter(stream, nameDropped);
    lines.write("first\n");
    for (let i = 0; i < 2000; i++) lines.write(`${"x".repeat(1023)}\n`);
    const { room } = lines;
    fail();
    await Promise.all([failed, room]);
    assert.equal(lines.room, null);
  });

  for (const [how, code] of [
    ["ends", ""],
    ["exits", "process.exit(0);"],
    ["fails", "throw new Error('uncaught');"],
  ]) {
    it(`loses nothing when the process ${how}`, () => {
      const program = `
        import { createLineWriter } from "./src/log/line-writer.ts";
        const lines = createLineWriter(process.stdout, () => "");
        for (let i = 0; i < 200; i++) lines.gather("line " + i + "\\n");
        ${code}`;
      const cwd = new URL("../..", import.meta.url);
      const args = ["--import", "tsx", "--input-type=module", "--eval", program];
      const { stdout } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
      assert.equal(stdout, Array.from({ length: 200 }, (_, i) => `line ${i}\n`).join(""));
    });
  }
});
