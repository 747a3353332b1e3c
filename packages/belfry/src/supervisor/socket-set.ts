import { type BoundSocket, bind, canBind, listen } from "@belfry/net";
import type { HostPlan } from "../config/plan/host-plan.js";
import type { ListenTarget } from "../config/schema/listen-target.js";
import type { LookAtInherited } from "./inherited-sockets.js";
import type { InheritedSocket } from "./messages.js";
import { findSocketPath } from "./socket-path.js";

/** A socket the host holds for its workers. */
export interface HeldSocket {
  /** In this process. */
  readonly descriptor: number;
  /** `null` for TCP. */
  readonly path: string | null;
  /** `HOST:PORT` or `unix:PATH`; `null` where only who listens on it can tell. */
  readonly addr: string | null;
  close(): Promise<void>;
}

/** The sockets of one plan: those that are there already, and new ones. */
export interface SocketChange {
  readonly sockets: readonly InheritedSocket[];
  /** Makes the change final: sockets that the plan does not name any more are closed. */
  commit(): Promise<void>;
  /** Takes it back: new sockets are closed. */
  revert(): Promise<void>;
}

/** The listening sockets of the host. They outlive workers and configurations: what a new plan names as well is kept. */
export class SocketSet {
  /** Whether workers can be given sockets. Where they cannot, one worker listens by itself. */
  readonly canShare: boolean = canBind;
  readonly #lookAt: LookAtInherited;
  #held = new Map<string, HeldSocket>();

  constructor(lookAt: LookAtInherited) {
    this.#lookAt = lookAt;
  }

  /**
   * Binds what `plan` names and is not there yet.
   *
   * @throws {AggregateError} with an error for each that cannot be bound, or was not inherited; nothing has changed then.
   */
  async change(plan: HostPlan): Promise<SocketChange> {
    const wanted = targetsOf(plan);
    const missing = [...wanted].filter(([key]) => !this.#held.has(key));
    const wrong = missing.flatMap(([key, { target, places }]) => {
      const why = target.kind === "inherited" ? this.#lookAt(target.descriptor) : null;
      return why === null ? [] : [new Error(`Cannot listen on ${key} for ${places[0]?.service}: ${why}`)];
    });
    if (wrong.length > 0) throw inOne(wrong);
    const added = await bindAll(missing);
    const next = new Map([...wanted.keys()].map((key) => [key, (this.#held.get(key) ?? added.get(key)) as HeldSocket]));
    return {
      sockets: [...wanted].flatMap(([key, { places, target }]) => {
        if (!this.canShare && target.kind !== "inherited") return [];
        const { descriptor, path } = next.get(key) as HeldSocket;
        return places.map((place) => ({ ...place, descriptor, path }));
      }),
      commit: async () => {
        const dropped = [...this.#held].filter(([key]) => !next.has(key));
        this.#held = next;
        await closeAll(dropped.map(([, socket]) => socket));
      },
      revert: () => closeAll(added.values()),
    };
  }

  /** Closes all of them. Who has inherited one has to close it, too, before dials are refused. */
  async close(): Promise<void> {
    const all = [...this.#held.values()];
    this.#held = new Map();
    await closeAll(all);
  }
}

interface Wanted {
  readonly target: ListenTarget;
  readonly places: { readonly service: string; readonly index: number }[];
}

function targetsOf({ services }: HostPlan): Map<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  for (const { name, listen } of services) {
    for (const [index, target] of listen.entries()) {
      const key = keyOf(target, name, index);
      const entry = wanted.get(key);
      if (entry === undefined) wanted.set(key, { target, places: [{ service: name, index }] });
      // Two services on one socket would share its connections by chance.
      else throw new Error(`Cannot listen on ${key} for ${name}: ${entry.places[0]?.service} listens there already`);
    }
  }
  return wanted;
}

/** What makes two sockets the same. A port the system chooses belongs to its service. */
function keyOf(target: ListenTarget, service: string, index: number): string {
  if (target.kind === "unix") return `unix:${target.path}`;
  if (target.kind === "inherited") return `fd:${target.descriptor}`;
  const address = `${target.host}:${target.port}`;
  return target.port === 0 ? `${address} ${service} ${index}` : address;
}

async function bindAll(wanted: readonly (readonly [string, Wanted])[]): Promise<Map<string, HeldSocket>> {
  const outcomes = await Promise.allSettled(
    wanted.map(async ([key, { target }]) => [key, await hold(target)] as const),
  );
  const bound = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  const errors = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : []));
  if (errors.length === 0) return new Map(bound);
  await closeAll(bound.map(([, socket]) => socket));
  throw inOne(errors);
}

function inOne(errors: readonly unknown[]): AggregateError {
  return new AggregateError(errors, errors.map((error) => (error as Error).message).join("\n"));
}

async function hold(target: ListenTarget): Promise<HeldSocket> {
  if (target.kind === "inherited") {
    // It is whoever started us who opened it; it stays open for a plan that names it again.
    const { descriptor } = target;
    return { descriptor, path: findSocketPath(descriptor), addr: null, close: () => Promise.resolve() };
  }
  if (!canBind) return probe(target);
  const bound: BoundSocket =
    target.kind === "tcp"
      ? await bind({ host: target.host, port: target.port })
      : await bind({ path: target.path }, target.mode === null ? {} : { mode: target.mode });
  const path = target.kind === "unix" ? target.path : null;
  return { descriptor: bound.fd, path, addr: String(bound.addr), close: () => bound.close() };
}

/** Whether it could be listened on: the worker will, when the probe is gone. */
async function probe(target: Exclude<ListenTarget, { readonly kind: "inherited" }>): Promise<HeldSocket> {
  const listener = await listen(
    target.kind === "tcp" ? { host: target.host, port: target.port } : { path: target.path },
  );
  await listener.close();
  return { descriptor: -1, path: null, addr: null, close: () => Promise.resolve() };
}

async function closeAll(sockets: Iterable<HeldSocket>): Promise<void> {
  await Promise.all(Array.from(sockets, (socket) => socket.close()));
}
