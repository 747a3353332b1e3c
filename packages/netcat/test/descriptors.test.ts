import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { after, describe, it } from "node:test";
import { openInput, openOutput } from "../src/descriptors.js";
import type { Source } from "../src/source.js";

const folder = mkdtempSync(join(tmpdir(), "netcat-"));
after(() => rmSync(folder, { recursive: true }));

function streamOver(fd: number): Readable & { fd: number } {
  return Object.assign(new Readable({ read() {} }), { fd });
}

async function readAll(source: Source): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let bytes = await source.read(); bytes !== null; bytes = await source.read()) chunks.push(Buffer.from(bytes));
  return Buffer.concat(chunks);
}

describe("openInput()", () => {
  it("reads a file from where its descriptor stands", async () => {
    const file = join(folder, "input");
    const content = Buffer.alloc(1_000_000, "0123456789");
    writeFileSync(file, content);
    const fd = openSync(file, "r");
    const source = openInput(streamOver(fd));
    assert.ok(content.equals(await readAll(source)));
    assert.equal(await source.read(), null);
    source.close();
    closeSync(fd);
  });

  it("fails on a directory", () => {
    const fd = openSync(folder, "r");
    const source = openInput(streamOver(fd));
    assert.throws(() => void source.read(), { code: "EISDIR" });
    closeSync(fd);
  });

  it("reads what is no descriptor as a stream", async () => {
    const stream = new PassThrough();
    stream.end("text");
    assert.equal(String(await readAll(openInput(stream))), "text");
  });

  describe("over a pipe", { skip: process.platform === "linux" ? false : "only Linux opens a pipe anew" }, () => {
    function openPipe(name: string): { source: Source; fd: number } {
      const file = join(folder, name);
      execFileSync("mkfifo", [file]);
      // For both, so that opening does not wait for another process.
      const fd = openSync(file, "r+");
      return { source: openInput(streamOver(fd)), fd };
    }

    it("reads it to its end", async () => {
      const { source, fd } = openPipe("end");
      const content = Buffer.alloc(60_000, "0123456789");
      const first = source.read();
      writeSync(fd, "first");
      assert.equal(String(await first), "first");
      writeSync(fd, content);
      closeSync(fd);
      assert.ok(content.equals(await readAll(source)));
      assert.equal(await source.read(), null);
      source.close();
    });

    it("keeps what it lends until the next call, whatever comes meanwhile", async () => {
      const { source, fd } = openPipe("lent");
      writeSync(fd, "a".repeat(1000));
      const lent = await source.read();
      for (const letter of ["b", "c", "d"]) {
        writeSync(fd, letter.repeat(1000));
        await new Promise((resolve) => setImmediate(resolve));
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.equal(String(lent), "a".repeat(1000));
      closeSync(fd);
      assert.equal(String(await readAll(source)), ["b", "c", "d"].map((letter) => letter.repeat(1000)).join(""));
      source.close();
    });

    it("loses nothing when a wait is called off", async () => {
      const { source, fd } = openPipe("abort");
      const controller = new AbortController();
      const wait = source.read({ signal: controller.signal }) as Promise<unknown>;
      controller.abort(new Error("off"));
      await assert.rejects(wait, /off/);
      writeSync(fd, "kept");
      assert.equal(String(await source.read()), "kept");
      closeSync(fd);
      source.close();
    });

    it("gives the end to a wait under way when closed", async () => {
      const { source, fd } = openPipe("close");
      const wait = source.read();
      source.close();
      assert.equal(await wait, null);
      assert.equal(await source.read(), null);
      closeSync(fd);
    });
  });
});

describe("openOutput()", () => {
  it("writes a file by its descriptor", async () => {
    const file = join(folder, "output");
    const fd = openSync(file, "w");
    const sink = openOutput(Object.assign(new PassThrough(), { fd }));
    await sink.write(Buffer.from("one "));
    await sink.write(Buffer.from("two"));
    closeSync(fd);
    assert.equal(readFileSync(file, "utf8"), "one two");
    assert.throws(() => void sink.write(Buffer.from("x")), { code: "EBADF" });
  });

  it(
    "tells when the device is full",
    { skip: process.platform === "linux" ? false : "only Linux has /dev/full" },
    () => {
      const fd = openSync("/dev/full", "w");
      const sink = openOutput(Object.assign(new PassThrough(), { fd }));
      assert.throws(() => void sink.write(Buffer.from("x")), { code: "ENOSPC" });
      closeSync(fd);
    },
  );

  it("writes anything else as a stream", async () => {
    const stream = new PassThrough();
    await openOutput(stream).write(Buffer.from("text"));
    assert.equal(String(stream.read()), "text");
  });
});
