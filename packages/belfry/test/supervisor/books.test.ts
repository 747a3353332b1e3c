import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HostPlan, ServicePlan } from "../../src/config/plan/host-plan.js";
import { Books } from "../../src/supervisor/books.js";
import type { SupervisorMessage } from "../../src/supervisor/messages.js";
import type { WorkerProcess } from "../../src/supervisor/worker-process.js";

/** As much of a worker and of a plan as books look at. */
function workerLike(): { worker: WorkerProcess; told: SupervisorMessage[] } {
  const told: SupervisorMessage[] = [];
  const worker = { ready: Promise.resolve({}), send: (message: SupervisorMessage) => void told.push(message) };
  return { worker: worker as unknown as WorkerProcess, told };
}

function planOf(...names: string[]): HostPlan {
  const services = names.map(
    (name) => ({ name, listen: [{}], maxConns: 10, maxConnsPerAddress: null }) as unknown as ServicePlan,
  );
  return { workers: 1, services } as unknown as HostPlan;
}

const RULES = { kind: "address", attempts: 1, window: 60_000, banTime: 60_000 } as const;

/** The first failure of somebody's bans them. */
function ban(books: Books, worker: WorkerProcess): void {
  const question = { name: "fail", rules: RULES, key: "192.0.2.1" } as const;
  books.hear({ type: "loginQuestion", id: 1, service: "ftp", question }, worker);
}

/** Whether a worker that begins to serve is told of bans. */
function hasBans(books: Books): boolean {
  const { worker, told } = workerLike();
  books.enter(worker, planOf("ftp"));
  books.leave(worker);
  return told.some(({ type }) => type === "banned");
}

describe("Books", () => {
  it("tell a ban to all workers, and answer who asked", () => {
    const books = new Books();
    const [one, other] = [workerLike(), workerLike()];
    books.apply(planOf("ftp"));
    for (const { worker } of [one, other]) books.enter(worker, planOf("ftp"));
    ban(books, one.worker);
    assert.deepEqual(
      [one, other].map(({ told }) => told.map(({ type }) => type)),
      [["banned", "loginAnswer"], ["banned"]],
    );
  });

  it("remember bans of a service that has no worker for the moment", () => {
    const books = new Books();
    const { worker } = workerLike();
    books.apply(planOf("ftp"));
    books.enter(worker, planOf("ftp"));
    ban(books, worker);
    books.leave(worker);
    assert.equal(hasBans(books), true);
  });

  it("forget a service that a reload has left out, once its last worker has ended", () => {
    const books = new Books();
    const [old, young] = [workerLike().worker, workerLike().worker];
    books.apply(planOf("ftp", "echo"));
    books.enter(old, planOf("ftp", "echo"));
    ban(books, old);
    books.apply(planOf("echo"));
    books.enter(young, planOf("echo"));
    assert.equal(hasBans(books), true);
    books.leave(old);
    books.apply(planOf("ftp"));
    assert.equal(hasBans(books), false);
  });
});
