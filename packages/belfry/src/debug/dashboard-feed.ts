import type { ConnectionQuery, HostStatus, HostView } from "../inspect/host-view.js";
import { Audience, type AudienceOptions } from "../http/audience.js";
import type { EventStream } from "../http/event-stream.js";
import type { FeedMessages } from "./feed-messages.js";
import type { Beat, Pulse } from "./pulse.js";

/** Everybody who looks at a dashboard. Each second one look at the host is told to all, and one listing to all who asked for the same. */
export class DashboardFeed {
  readonly #view: HostView;
  readonly #pulse: Pulse;
  readonly #audience: Audience;
  /** By its text, as queries compare. */
  readonly #queries = new Map<EventStream, string>();
  readonly #beingListed = new Set<string>();
  #stop: (() => void) | undefined;

  constructor(view: HostView, pulse: Pulse, options?: AudienceOptions) {
    this.#view = view;
    this.#pulse = pulse;
    this.#audience = new Audience(options);
  }

  /** @throws {RequestError} 503 when there is no room for one more. */
  checkRoom(): void {
    this.#audience.checkRoom();
  }

  /**
   * @param status what the client is greeted with.
   * @param query the connections it wants listed; `null` for none.
   */
  join(stream: EventStream, status: HostStatus, query: ConnectionQuery | null): void {
    const key = JSON.stringify(query);
    if (query !== null) this.#queries.set(stream, key);
    this.#audience.add(stream, () => this.#left(stream));
    this.#stop ??= this.#pulse.listen((beat) => this.#tell(beat));
    tell(stream, "hello", { status, history: this.#pulse.history });
    if (query !== null) void this.#list(key);
  }

  close(): void {
    this.#stop?.();
    this.#audience.close();
  }

  #left(stream: EventStream): void {
    this.#queries.delete(stream);
    if (this.#audience.size > 0) return;
    this.#stop?.();
    this.#stop = undefined;
  }

  #tell({ status, sample }: Beat): void {
    const message: FeedMessages["status"] = { status, sample };
    const text = JSON.stringify(message);
    for (const stream of this.#audience) stream.send("status", text);
    for (const key of new Set(this.#queries.values())) void this.#list(key);
  }

  /** Never rejects. A listing that takes longer than a second is not begun again before it is there. */
  async #list(key: string): Promise<void> {
    const isWanted = this.#clientsOf(key).some((stream) => stream.isReady);
    if (!isWanted || this.#beingListed.has(key)) return;
    this.#beingListed.add(key);
    try {
      const page: FeedMessages["connections"] = await this.#view.connections(JSON.parse(key) as ConnectionQuery);
      const text = JSON.stringify(page);
      for (const stream of this.#clientsOf(key)) stream.send("connections", text);
    } catch {
      // Mid-drain there may be nobody to ask; the next status says so.
    } finally {
      this.#beingListed.delete(key);
    }
  }

  #clientsOf(key: string): readonly EventStream[] {
    return [...this.#queries].flatMap(([stream, each]) => (each === key ? [stream] : []));
  }
}

function tell<Name extends keyof FeedMessages>(stream: EventStream, name: Name, message: FeedMessages[Name]): void {
  stream.send(name, JSON.stringify(message));
}
