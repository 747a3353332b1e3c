import type { HostPlan, ServicePlan } from "../config/plan/host-plan.js";
import { LoginLedger } from "./login-ledger.js";
import type { BooksMessage, ClaimAnswer, ClaimMessage, PlaceKey } from "./messages.js";
import { type Borrower, PlaceLedger } from "./place-ledger.js";
import { VisitLedger } from "./visit-ledger.js";
import type { WorkerProcess } from "./worker-process.js";

/** What limits hold over all workers, of all generations, and who has how much of each. */
export class Books {
  readonly #places = new Map<string, PlaceLedger>();
  readonly #visits = new Map<string, VisitLedger<WorkerProcess>>();
  readonly #logins = new Map<string, LoginLedger<WorkerProcess>>();
  readonly #borrowers = new Map<WorkerProcess, Borrower[]>();
  /** The services of the plan in force. */
  #planned: ReadonlySet<string> = new Set();

  /** Puts a plan's limits in force. Services it does not name keep theirs, for old workers may still serve them. */
  apply({ services }: HostPlan): void {
    this.#planned = new Set(services.map(({ name }) => name));
    for (const { name, maxConns, maxConnsPerAddress } of services) {
      const ledger = this.#places.get(name);
      if (ledger === undefined) this.#places.set(name, new PlaceLedger(maxConns));
      else ledger.setLimit(maxConns);
      const max = maxConnsPerAddress ?? Number.POSITIVE_INFINITY;
      const visits = this.#visits.get(name);
      if (visits === undefined) this.#visits.set(name, new VisitLedger(max));
      else visits.setMax(max);
      if (!this.#logins.has(name)) this.#logins.set(name, new LoginLedger(name));
    }
  }

  /** Lends a worker its first places, which are handed over once it serves; of a service whose places are claimed, none. */
  enter(worker: WorkerProcess, plan: HostPlan): void {
    const borrowers: Borrower[] = [];
    this.#borrowers.set(worker, borrowers);
    for (const service of plan.services) {
      this.#logins.get(service.name)?.enter(worker);
      for (const index of service.listen.keys()) {
        const borrower = createBorrower(worker, { service: service.name, index });
        borrowers.push(borrower);
        this.#places.get(service.name)?.join(borrower, shareOf(service, plan));
      }
    }
  }

  /** The worker has ended: what it held is free. */
  leave(worker: WorkerProcess): void {
    for (const borrower of this.#borrowers.get(worker) ?? []) {
      this.#places.get(borrower.key.service)?.leave(borrower);
    }
    this.#borrowers.delete(worker);
    for (const visits of this.#visits.values()) visits.leave(worker);
    for (const logins of this.#logins.values()) logins.leave(worker);
    this.#forgetUnserved();
  }

  /** What a worker says of limits over all. */
  hear(message: BooksMessage, worker: WorkerProcess): void {
    switch (message.type) {
      case "want":
      case "return":
        return this.#heardOfPlaces(message, worker);
      case "claim":
        return worker.send({ type: "claimed", id: message.id, answer: this.#claim(message, worker) });
      case "release":
        this.#visits.get(message.service)?.release(worker, message.address);
        if (message.hasPlace) this.#putBack(message.service, worker);
        return;
      case "loginNote":
        return this.#logins.get(message.service)?.note(message.note, worker);
      case "loginQuestion": {
        const { id, service, question } = message;
        const answer = this.#logins.get(service)?.answer(question, worker);
        if (answer !== undefined) worker.send({ type: "loginAnswer", id, answer });
      }
    }
  }

  /** Services that a reload has left out, once their last worker has ended. */
  #forgetUnserved(): void {
    const served = new Set([...this.#borrowers.values()].flat().map(({ key }) => key.service));
    for (const name of this.#places.keys()) {
      if (this.#planned.has(name) || served.has(name)) continue;
      for (const books of [this.#places, this.#visits, this.#logins]) books.delete(name);
    }
  }

  #claim({ service, address, hasPlace }: ClaimMessage, worker: WorkerProcess): ClaimAnswer {
    const borrower = this.#borrower(worker, service);
    if (hasPlace && (borrower === undefined || this.#places.get(service)?.claim(borrower) !== true)) return "full";
    if (this.#visits.get(service)?.claim(worker, address) === true) return "granted";
    if (hasPlace) this.#putBack(service, worker);
    return "address";
  }

  #putBack(service: string, worker: WorkerProcess): void {
    const borrower = this.#borrower(worker, service);
    if (borrower !== undefined) this.#places.get(service)?.giveBack(borrower, 1);
  }

  #borrower(worker: WorkerProcess, service: string, index = 0): Borrower | undefined {
    return this.#borrowers.get(worker)?.find(({ key }) => key.service === service && key.index === index);
  }

  #heardOfPlaces(
    { type, service, index, count }: Extract<BooksMessage, { readonly type: "want" | "return" }>,
    worker: WorkerProcess,
  ): void {
    const borrower = this.#borrower(worker, service, index);
    const ledger = this.#places.get(service);
    if (borrower === undefined || ledger === undefined) return;
    if (type === "want") ledger.want(borrower, count);
    else ledger.giveBack(borrower, count);
  }
}

function shareOf({ listen, isClaimed }: ServicePlan, { workers }: HostPlan): number {
  return isClaimed ? Number.POSITIVE_INFINITY : workers * listen.length;
}

function createBorrower(worker: WorkerProcess, key: PlaceKey): Borrower {
  // Before it serves it would not know what to do with them.
  const tell = (message: Parameters<WorkerProcess["send"]>[0]): void => {
    worker.ready.then(
      () => worker.send(message),
      () => {},
    );
  };
  return {
    key,
    grant: (count) => tell({ type: "grant", ...key, count }),
    recall: (isOn) => tell({ type: "recall", ...key, isOn }),
  };
}
