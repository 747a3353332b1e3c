import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { WorkerState } from "../../src/inspect/host-view.js";
import { NoAnswerError } from "../../src/inspect/no-answer-error.js";
import type { WorkerProcess } from "../../src/supervisor/worker-process.js";
import { kick, viewWorkers, type WorkersView } from "../../src/supervisor/view-workers.js";

interface FakeWorker {
  readonly number: number;
  readonly state?: WorkerState;
  readonly isMute?: boolean;
  readonly isGone?: boolean;
  /** What it says to everything; to nothing when absent. */
  readonly answer?: object | boolean | Error;
}

function viewOf(workers: readonly FakeWorker[], asked: string[] = []): WorkersView {
  const all = fakes(workers, asked);
  return viewWorkers(() => all);
}

/** What one is asked, it was: `NUMBER NAME`. */
function fakes(workers: readonly FakeWorker[], asked: string[] = []): readonly WorkerProcess[] {
  const all = workers.map(({ number, state = "serving", isMute = false, isGone = false, answer }) => ({
    number,
    state,
    isMute,
    isGone,
    ask: async (name: string) => {
      asked.push(`${number} ${name}`);
      if (answer === undefined) throw new NoAnswerError(`Cannot ask for ${name}: no answer in 1 ms`);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  }));
  return all as unknown as readonly WorkerProcess[];
}

const PAGE = { total: 1, tasks: [], connections: [] };
const ENDED = new Error("Worker 3 has ended");

describe("viewWorkers()", () => {
  it("names no worker while all answer, nor one that is starting or has ended", async () => {
    const view = viewOf([
      { number: 1, answer: PAGE },
      { number: 2, state: "starting" },
      { number: 3, isGone: true, answer: ENDED },
    ]);
    assert.deepEqual(await view.tasks(), { total: 1, tasks: [] });
    assert.deepEqual(await view.connections(), { total: 1, connections: [] });
  });

  it("names those that are stuck, which are not asked, and those that do not answer", async () => {
    const asked: string[] = [];
    const workers = [{ number: 1, isMute: true }, { number: 2, answer: PAGE }, { number: 3 }];
    const view = viewOf(workers, asked);
    assert.deepEqual(await view.tasks(), { total: 1, tasks: [], missing: [1, 3] });
    assert.deepEqual(await view.connections(), { total: 1, connections: [], missing: [1, 3] });
    assert.deepEqual((await view.cpuProfile(1)).missing, [1, 3]);
    assert.deepEqual((await view.heapProfile("inuse")).missing, [1, 3]);
    assert.ok(!asked.some((question) => question.startsWith("1 ")));
  });

  it("has an empty page where no worker answers, and says of which", async () => {
    assert.deepEqual(await viewOf([{ number: 1, isMute: true }]).tasks(), { total: 0, tasks: [], missing: [1] });
    assert.deepEqual(await viewOf([{ number: 2 }]).connections(), { total: 0, connections: [], missing: [2] });
  });

  it("fails where the one worker that was asked has ended", async () => {
    await assert.rejects(viewOf([{ number: 3, answer: ENDED }]).tasks(), ENDED);
  });

  it("takes no snapshot of a worker that does not answer, and does not wait for it", async () => {
    const asked: string[] = [];
    const view = viewOf([{ number: 1, isMute: true }, { number: 2 }], asked);
    for (const number of [1, 2]) {
      await assert.rejects(view.heapSnapshot(number), {
        name: "NoAnswerError",
        message: `Cannot take a snapshot of worker ${number}: it does not answer`,
      });
    }
    await assert.rejects(view.heapSnapshot(), { message: "Cannot take a snapshot: no worker answers" });
    await assert.rejects(view.heapSnapshot(4), {
      name: "RangeError",
      message: "Cannot take a snapshot of worker 4: there are 1, 2",
    });
    assert.deepEqual(new Set(asked), new Set(["2 status"]));
  });

  it("takes a snapshot of the first worker that answers", async () => {
    const asked: string[] = [];
    const path = "/nowhere/of-worker-3";
    const view = viewOf([{ number: 1, isMute: true }, { number: 2 }, { number: 3, answer: { path } }], asked);
    await assert.rejects(view.heapSnapshot(), /of-worker-3/);
    assert.deepEqual(asked, ["2 status", "3 status", "3 heapSnapshot"]);
  });
});

describe("kick()", () => {
  it("tells whether any worker had the connection, also while another does not answer", async () => {
    assert.equal(
      await kick(
        fakes([
          { number: 1, answer: false },
          { number: 2, answer: true },
        ]),
        "echo#2-1",
      ),
      true,
    );
    assert.equal(
      await kick(
        fakes([
          { number: 1, isMute: true },
          { number: 2, answer: true },
        ]),
        "echo#2-1",
      ),
      true,
    );
    assert.equal(await kick(fakes([{ number: 1, answer: false }]), "echo#2-1"), false);
    assert.equal(await kick([], "echo#2-1"), false);
  });

  it("says which worker does not answer where none has said that the connection was there", async () => {
    await assert.rejects(kick(fakes([{ number: 1, isMute: true }]), "echo#1-1"), {
      code: "ERR_NO_ANSWER",
      message: 'Cannot kick "echo#1-1": worker 1 does not answer',
    });
    await assert.rejects(kick(fakes([{ number: 1, answer: false }, { number: 2 }, { number: 3 }]), "echo#2-1"), {
      message: 'Cannot kick "echo#2-1": workers 2, 3 do not answer, and no other has it',
    });
  });
});
