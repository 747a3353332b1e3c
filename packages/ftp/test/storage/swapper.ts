import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** Puts `b` in the place of `a` and back, as fast as it can, until it is stopped. */
const PROGRAM = `
  const { renameSync } = require("node:fs");
  const [a, b] = process.argv.slice(1);
  process.on("message", () => process.exit(0));
  process.send("begun");
  const turn = () => {
    for (let i = 0; i < 50; i += 1) {
      renameSync(a, a + ".away");
      renameSync(b, a);
      renameSync(a, b);
      renameSync(a + ".away", a);
    }
    setImmediate(turn);
  };
  turn();
`;

/** Somebody else who swaps what lies at two paths while `body` runs; what was at `a` is there again afterwards. */
export async function whileSwapping(a: string, b: string, body: () => Promise<void>): Promise<void> {
  const child: ChildProcess = spawn(process.execPath, ["-e", PROGRAM, a, b], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const over = once(child, "exit");
  try {
    await once(child, "message");
    await body();
    assert.equal(child.exitCode, null, "the swapping has ended before");
  } finally {
    if (child.connected) child.send("stop");
    await over;
  }
}
