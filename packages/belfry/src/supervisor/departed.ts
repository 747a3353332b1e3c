import { addServices } from "../inspect/add-services.js";
import type { ServiceStatus } from "../inspect/host-view.js";

/** What workers that have ended had counted, so that no counter of the host ever falls. */
export class Departed {
  #sums: ServiceStatus[] = [];

  /** @param services what a worker last told. */
  add(services: readonly ServiceStatus[]): void {
    this.#sums = addServices([this.#sums, services.map(asOver)]);
  }

  get services(): readonly ServiceStatus[] {
    return this.#sums;
  }
}

/** Only what never falls again. */
function asOver(service: ServiceStatus): ServiceStatus {
  const counters = { ...service.counters, connections_open: 0, connections_waiting: 0 };
  return { ...service, addresses: [], state: "finished", counters };
}
