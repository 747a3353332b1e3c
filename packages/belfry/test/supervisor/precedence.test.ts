import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { getPriority, setPriority } from "node:os";
import { describe, it } from "node:test";
import { Precedence } from "../../src/supervisor/precedence.js";

/** Runs `use` with a process that only waits. */
async function withChild(use: (child: ChildProcess & { readonly pid: number }) => Promise<void> | void): Promise<void> {
  const child = spawn(process.execPath, ["-e", 'console.log("up"); process.stdin.resume();'], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  assert.ok(child.stdout !== null && child.pid !== undefined);
  await once(child.stdout, "data");
  try {
    await use(child as ChildProcess & { readonly pid: number });
  } finally {
    child.kill("SIGKILL");
    await exited;
  }
}

/** Of each thread of a process. */
function nicenessOf(pid: number): Set<number> {
  const threads = readdirSync(`/proc/${pid}/task`);
  return new Set(threads.map((thread) => getPriority(Number(thread))));
}

function canRaise(pid: number): boolean {
  setPriority(pid, getPriority() + 1);
  try {
    setPriority(pid, getPriority());
    return true;
  } catch {
    return false;
  }
}

const FOREVER = new Promise<never>(() => {});
const isElsewhere = process.platform === "win32" ? "Windows has classes instead of niceness" : false;

describe("Precedence", { skip: isElsewhere }, () => {
  it("lowers a process that never serves", () =>
    withChild(({ pid }) => {
      new Precedence().lower(pid, FOREVER);
      assert.equal(getPriority(pid), getPriority() + 10);
    }));

  it("leaves one that will serve alone while it is not known whether that could be taken back", () =>
    withChild(({ pid }) => {
      new Precedence().lowerFor(pid, FOREVER)();
      assert.equal(getPriority(pid), getPriority());
    }));

  it("lowers one that will serve only as long as it loads, where the system allows that", () =>
    withChild((planner) =>
      withChild((worker) => {
        const isAllowed = canRaise(planner.pid);
        const precedence = new Precedence();
        precedence.lower(planner.pid, FOREVER);
        const takeBack = precedence.lowerFor(worker.pid, FOREVER);
        assert.equal(getPriority(worker.pid), getPriority() + (isAllowed ? 10 : 0));
        takeBack();
        assert.equal(getPriority(worker.pid), getPriority());
        if (process.platform === "linux") assert.deepEqual(nicenessOf(worker.pid), new Set([getPriority()]));
      }),
    ));

  it("touches no process that has ended, and none that could not be started", async () => {
    const precedence = new Precedence();
    precedence.lower(undefined, FOREVER);
    await withChild((planner) => precedence.lower(planner.pid, FOREVER));
    await withChild(async ({ pid }) => {
      const ended = Promise.resolve();
      const takeBack = precedence.lowerFor(pid, ended);
      const before = getPriority(pid);
      await ended;
      takeBack();
      assert.equal(getPriority(pid), before);
    });
  });
});
