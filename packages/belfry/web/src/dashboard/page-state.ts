import type { FeedMessages } from "../../../src/debug/feed-messages.js";
import type { ConnectionPage, HostStatus } from "../../../src/inspect/host-view.js";
import { connectionCounts, type ConnectionCounts } from "./connections-table.js";
import { RateMeter } from "./rates.js";
import { SampleSeries } from "./series.js";
import { serviceCounts, type ServiceCounts } from "./services-table.js";

/** What the page knows of the host, as messages tell it. */
export class PageState {
  readonly series = new SampleSeries();
  readonly serviceMeter = new RateMeter<ServiceCounts>();
  readonly connectionMeter = new RateMeter<ConnectionCounts>();
  status: HostStatus | null = null;
  page: ConnectionPage | null = null;
  isOpen = false;
  /** When the host last said anything, by this machine's clock. */
  heardAt = 0;
  /** When another host than before was heard at this address, by this machine's clock; `null` when that has not been. */
  restartedAt: number | null = null;
  /** The host's clock, less this machine's. */
  #ahead = 0;

  /** The time by the host's clock, so that its instants and ours can be compared. */
  get hostNow(): number {
    return Date.now() + this.#ahead;
  }

  hello({ status, history }: FeedMessages["hello"]): void {
    if (status.startedAt !== this.status?.startedAt) {
      if (this.status !== null) this.restartedAt = Date.now();
      this.serviceMeter.clear();
      this.connectionMeter.clear();
      this.page = null;
    }
    this.series.reset(history);
    this.#take(status, history.samples.at(-1)?.at);
  }

  update({ status, sample }: FeedMessages["status"]): void {
    this.series.add(sample);
    this.#take(status, sample.at);
  }

  list(page: ConnectionPage): void {
    this.page = page;
    this.heardAt = Date.now();
    // Rates are of what lies between two listings as they came: the host makes one right before it sends it.
    this.connectionMeter.read(
      performance.now(),
      page.connections.map((connection) => [connection.id, connectionCounts(connection)]),
    );
  }

  #take(status: HostStatus, at: number | undefined): void {
    this.status = status;
    this.heardAt = Date.now();
    if (at === undefined) return;
    this.#ahead = at - this.heardAt;
    this.serviceMeter.read(
      at,
      status.services.map((service) => [service.name, serviceCounts(service)]),
    );
  }
}
