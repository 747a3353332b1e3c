import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { type BelfryProcess, runBelfry, startBelfry } from "../belfry-process.js";
import type { HostStatus } from "../../src/inspect/host-view.js";
import { type ControlFolder, controlFolder, isUnix } from "./control-folder.js";

interface Served {
  readonly belfry: BelfryProcess;
  readonly folder: ControlFolder;
  readonly file: string;
  readonly status: () => Promise<HostStatus>;
}

const ECHO = { use: "echo", listen: "127.0.0.1:0" };

function writeConfig(file: string, config: unknown): void {
  writeFileSync(file, JSON.stringify(config));
}

async function serve(t: TestContext, workers: number): Promise<Served> {
  const folder = controlFolder(t);
  const file = join(folder.path, "belfry.config.json");
  writeConfig(file, { workers, services: { echo: ECHO } });
  const belfry = startBelfry(["serve", "--config", file], folder.env);
  t.after(() => belfry[Symbol.asyncDispose]());
  await belfry.port();
  const status = async (): Promise<HostStatus> => {
    const { stdout, stderr } = await runBelfry(["status", "--json"], folder.env);
    assert.equal(stderr, "");
    return JSON.parse(stdout) as HostStatus;
  };
  return { belfry, folder, file, status };
}

describe("a host and the commands that ask it", { skip: !isUnix }, () => {
  it("suspends, resumes, kicks, and drains to the end", async (t) => {
    const { belfry, folder, status } = await serve(t, 2);
    const port = await belfry.port();
    const socket = connect(port, "127.0.0.1");
    socket.write("x");
    await once(socket, "data");
    assert.equal((await runBelfry(["suspend", "echo"], folder.env)).status, 0);
    const { services, workers } = await status();
    assert.deepEqual([services[0]?.state, services[0]?.counters.connections_open, workers.length], ["suspended", 1, 2]);
    assert.equal((await runBelfry(["resume", "echo"], folder.env)).status, 0);
    const top = JSON.parse((await runBelfry(["top", "--json", "--interval", "100ms"], folder.env)).stdout) as {
      connections: { id: string }[];
    };
    const id = top.connections[0]?.id ?? "";
    assert.match(id, /^echo#\d+-1$/);
    const reset = once(socket, "error");
    assert.equal((await runBelfry(["kick", id], folder.env)).status, 0);
    assert.match(String((await reset)[0]), /ECONNRESET/);
    const drained = await runBelfry(["drain"], folder.env);
    assert.match(drained.stdout, /has ended; connections drained: 0, cut: 0\n$/);
    assert.equal(drained.status, 0);
    assert.equal((await belfry.ended).status, 0);
    assert.match((await runBelfry(["status"], folder.env)).stderr, /no host is running/);
  });

  it("reloads a good configuration, and says what is wrong with a bad one", async (t) => {
    const { folder, file, status } = await serve(t, 1);
    writeConfig(file, { workers: 2, services: { echo: ECHO, "echo 2": ECHO } });
    const good = await runBelfry(["reload"], folder.env);
    assert.match(
      good.stdout,
      /^generation 2 serves, from .*\n {2}\+ echo 2: echo on 127\.0\.0\.1:\d+\n {2}workers 1 → 2\n$/,
    );
    writeConfig(file, { wokers: 2, services: { echo: ECHO } });
    const bad = await runBelfry(["reload"], folder.env);
    assert.equal(bad.status, 1);
    assert.match(bad.stderr, /^belfry: .*wokers.*did you mean "workers"\?\n$/);
    const { generation, reloads, services } = await status();
    assert.deepEqual([generation, reloads.succeeded, reloads.failed, services.length], [2, 1, 1, 2]);
  });

  it("is not found any more once it is killed, and its socket goes", async (t) => {
    const { belfry, folder } = await serve(t, 1);
    belfry.child.kill("SIGKILL");
    await belfry.ended;
    const { status, stderr } = await runBelfry(["status"], folder.env);
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^removed .*\.sock: its process \d+ has ended\nbelfry: Cannot reach a host: no host is running/,
    );
  });
});
