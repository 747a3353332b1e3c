import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, it } from "node:test";
import { openDescriptor } from "../../src/log/open-descriptor.js";

describe("openDescriptor()", () => {
  it("writes to a file at once", (t) => {
    const folder = mkdtempSync(join(tmpdir(), "belfry-descriptor-"));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, "log");
    const descriptor = openSync(path, "a");
    const stream = openDescriptor(descriptor);
    stream.write("one\n");
    stream.write("twö\n");
    assert.equal(readFileSync(path, "utf8"), "one\ntwö\n");
    closeSync(descriptor);
  });

  it("takes the next line where one could not be written", async () => {
    const descriptor = openSync("/dev/null", "r");
    const stream = openDescriptor(descriptor);
    for (let i = 0; i < 2; i++) await new Promise((resolve) => stream.write("x", resolve));
    assert.equal(stream.errored, null);
    closeSync(descriptor);
  });

  it("writes to a pipe, keeps no process for it, and has written when the process exits", async () => {
    const program = `
      import { openDescriptor } from "./src/log/open-descriptor.ts";
      const stream = openDescriptor(4);
      stream.write("one\\n");
      process.on("exit", () => stream.write("two\\n"));`;
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", program], {
      cwd: new URL("../..", import.meta.url),
      stdio: ["ignore", "inherit", "inherit", "ignore", "pipe"],
    });
    const read = text(child.stdio[4] as Readable);
    await once(child, "close");
    assert.equal(await read, "one\ntwo\n");
  });
});
