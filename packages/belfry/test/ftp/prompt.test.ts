import assert from "node:assert/strict";
import { PassThrough, Writable } from "node:stream";
import { describe, it } from "node:test";
import { Prompt } from "../../src/ftp/prompt.js";
import type { Io } from "../../src/io.js";
import { memoryIo } from "../memory-io.js";

describe("Prompt", () => {
  it("has switched off the terminal's echo before it asks for what is not shown", async () => {
    const events: string[] = [];
    const stdin = Object.assign(new PassThrough(), {
      isTTY: true,
      setRawMode: (isRaw: boolean) => void events.push(isRaw ? "echo off" : "echo on"),
    }) as unknown as Io["stdin"] & PassThrough;
    const stdout = new Writable({
      write(chunk, _encoding, done) {
        events.push(String(chunk));
        done();
      },
    });
    const secret = new Prompt({ ...memoryIo().io, stdin, stdout }).readSecret("Password: ");
    stdin.write("sesame\n");
    assert.equal(await secret, "sesame");
    assert.deepEqual(events, ["echo off", "Password: ", "echo on", "\n"]);
  });
});
