import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { createControlGroup } from "../src/control-group.mjs";

const skip = await whyNot();

/** @returns {Promise<string | false>} */
async function whyNot() {
  try {
    await createControlGroup("probe").remove();
    return false;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe("createControlGroup", { skip }, () => {
  it("counts the CPU of processes that have ended", async () => {
    const group = createControlGroup("counts");
    try {
      const busy = "const end = process.cpuUsage().user + 100_000; while (process.cpuUsage().user < end);";
      const [program = "", ...args] = group.wrap(["sh", "-c", `"${process.execPath}" -e '${busy}'; true`]);
      assert.equal(spawnSync(program, args).status, 0);
      assert.ok(group.read().cpu >= 0.1);
    } finally {
      await group.remove();
    }
  });

  it("ends what its processes have started, and is gone", async () => {
    const group = createControlGroup("ends");
    const [program = "", ...args] = group.wrap(["sh", "-c", "sleep 60 & echo started; wait"]);
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
    const ended = once(child, "close");
    try {
      await once(child.stdout, "data");
      assert.equal(readFileSync(join(group.path, "cgroup.procs"), "utf8").trim().split("\n").length, 2);
    } finally {
      await group.remove();
    }
    // The output is closed by the last of those that held it.
    await ended;
    assert.equal(existsSync(group.path), false);
  });
});
