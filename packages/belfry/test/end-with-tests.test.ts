import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, it } from "node:test";
import { HAS_GROUPS } from "./end-with-tests.js";
import { gone, lives } from "./trouble/hosts.js";

/** Starts a shell with a child, both for ever, which tells who they are, and says when it has asked for their end. */
const PROGRAM = `
  import { spawn } from "node:child_process";
  import { endWithTests } from "./test/end-with-tests.ts";
  const line = "while :; do :; done & echo $$ $!; wait";
  endWithTests(spawn("sh", ["-c", line], { stdio: ["ignore", "inherit", "inherit"], detached: true }));
  console.log("asked");`;

describe("endWithTests()", { skip: !HAS_GROUPS }, () => {
  it("ends hosts and what they have started when the tests are killed", async () => {
    const cwd = new URL("..", import.meta.url);
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", PROGRAM], { cwd });
    let text = "";
    while (!/^asked$/m.test(text) || !/^\d+ \d+$/m.test(text)) text += String((await once(child.stdout, "data"))[0]);
    const pids = (/^\d+ \d+$/m.exec(text)?.[0] ?? "").split(" ").map(Number);
    assert.deepEqual(pids.map(lives), [true, true]);
    child.kill("SIGKILL");
    await Promise.all(pids.map(gone));
  });
});
