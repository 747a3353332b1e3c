import { inspect } from "node:util";
import type { WaitOptions } from "./abort.js";
import { onAbort } from "./abort.js";
import type { TimerCase } from "./after.js";
import type { Channel } from "./channel.js";
import { enlist, isReady, take } from "./selectable.js";
import type { Selectable, Yield } from "./selectable.js";
import type { SendCase } from "./send-case.js";
import { traceWait } from "./task.js";
import type { WaitSource } from "./task.js";
import { hasTurn, inNextTurn } from "./turn.js";
import { Waiter } from "./wait-queue.js";
import type { Owner } from "./wait-queue.js";

/** What `select` can wait for. `undefined` never becomes ready, like a nil channel. */
export type SelectCase = Channel<unknown> | SendCase<unknown> | TimerCase | AbortSignal | undefined;

/** Options of {@link select}. */
export interface SelectOptions extends WaitOptions {
  /** Resolve to `{ case: "otherwise" }` in place of waiting when no case is ready. Default `false`. */
  readonly otherwise?: boolean | undefined;
}

/** The one case that took effect, told apart by `case`. */
export type Selected<Cases, Options = { readonly otherwise?: false }> = SelectedCase<Cases> | Otherwise<Options>;

type SelectedCase<Cases> = { [Name in keyof Cases & string]: Outcome<Name, Cases[Name]> }[keyof Cases & string];

type Outcome<Name extends string, Case> =
  Case extends Channel<infer T>
    ?
        | { readonly case: Name; readonly value: T; readonly done: false }
        | { readonly case: Name; readonly value: undefined; readonly done: true }
    : Case extends AbortSignal
      ? { readonly case: Name; readonly value: unknown; readonly done: false }
      : Case extends undefined
        ? never
        : { readonly case: Name; readonly value: undefined; readonly done: false };

type Otherwise<Options> = "otherwise" extends keyof Options
  ? true extends Options["otherwise"]
    ? { readonly case: "otherwise"; readonly value?: undefined; readonly done?: undefined }
    : never
  : never;

type Result = { case: string; value?: unknown; done?: boolean };

/**
 * Waits until one of several operations can take effect, and lets exactly that one take effect.
 *
 * A channel receives, `channel.sending(value)` sends, `after(ms)` passes, an `AbortSignal` aborts and yields its
 * reason as value, `undefined` never becomes ready. Among cases that are ready at once the choice is uniform. The same
 * channel may stand in several cases.
 *
 * @param cases by name.
 * @returns `{ case, value, done }`; `done` is true only for a channel that is closed and drained.
 * @throws {ClosedError} when the chosen case sends on a closed channel.
 * @throws {TypeError} when a case is none of these, naming it.
 * @throws `options.signal.reason` when that signal aborts first; no case has taken effect then.
 * @example
 * ```ts
 * import { after, Channel, select } from "@belfry/sync";
 *
 * const requests = new Channel<string>();
 * const replies = new Channel<string>();
 * const result = await select({ request: requests, reply: replies.sending("pong"), timeout: after(10) });
 * if (result.case === "request" && !result.done) console.log(result.value);
 * ```
 */
export function select<
  const Cases extends Readonly<Record<string, SelectCase>>,
  const Options extends SelectOptions = { readonly otherwise?: false },
>(cases: Cases, options?: Options): Promise<Selected<Cases, Options>> {
  return selectAny(cases, options) as Promise<Selected<Cases, Options>>;
}

/**
 * The same without waiting: lets one case that is ready take effect, now.
 *
 * `trySelect(cases) ?? (await select(cases))` costs no await while there is something to do. Like every `try…`, it
 * never gives way to other tasks: a loop of nothing but these never ends its turn.
 *
 * @returns `undefined` when no case is ready.
 * @throws {ClosedError} when the chosen case sends on a closed channel.
 * @throws {TypeError} when a case is none of those that {@link select} takes, naming it.
 * @example
 * ```ts
 * import { Channel, trySelect } from "@belfry/sync";
 *
 * const jobs = new Channel<string>(8);
 * jobs.trySend("sweep");
 * const result = trySelect({ job: jobs });
 * if (result?.case === "job" && !result.done) console.log(result.value); // sweep
 * ```
 */
export function trySelect<const Cases extends Readonly<Record<string, SelectCase>>>(
  cases: Cases,
): Selected<Cases> | undefined {
  const chosen = choose(cases);
  if (chosen === undefined) return undefined;
  const name = chosenName;
  const { value, done } = takeCase(chosen);
  return { case: name, value, done } as unknown as Selected<Cases>;
}

function selectAny(cases: Readonly<Record<string, SelectCase>>, options?: SelectOptions): Promise<Result> {
  const signal = options?.signal;
  if (signal?.aborted) return Promise.reject(signal.reason);
  try {
    const chosen = choose(cases);
    if (chosen !== undefined) {
      const name = chosenName;
      const { value, done } = takeCase(chosen);
      return hasTurn() ? Promise.resolve({ case: name, value, done }) : inNextTurn({ case: name, value, done });
    }
  } catch (error) {
    return Promise.reject(error);
  }
  if (options?.otherwise === true) {
    return hasTurn() ? Promise.resolve({ case: "otherwise" }) : inNextTurn({ case: "otherwise" });
  }
  return new Promise((resolve) => new Waiting(resolve).start(cases, signal));
}

/** The second result of {@link choose}: looking the case up again by its name would cost as much as the choice. */
let chosenName = "";

/** One of the cases that are ready, each as likely as the others. */
function choose(cases: Readonly<Record<string, SelectCase>>): SelectCase {
  let chosen: SelectCase;
  let ready = 0;
  for (const name in cases) {
    const each = cases[name];
    if (each === undefined) continue;
    if (isSelectable(each) ? !each[isReady]() : !isAborted(name, each)) continue;
    ready++;
    // The k-th ready case replaces the choice with probability 1/k.
    if (ready > 1 && Math.random() * ready >= 1) continue;
    chosen = each;
    chosenName = name;
  }
  return chosen;
}

function takeCase(chosen: SelectCase): Yield {
  return isSelectable(chosen) ? chosen[take]() : { value: chosen?.reason as unknown, done: false };
}

function isSelectable(value: unknown): value is Selectable {
  return typeof value === "object" && value !== null && (value as Partial<Selectable>)[isReady] !== undefined;
}

/** By its looks: a signal may come from another realm, whose AbortSignal is another class. */
function isSignal(value: unknown): value is AbortSignal {
  return typeof value === "object" && value !== null && "aborted" in value && "addEventListener" in value;
}

function isAborted(name: string, value: unknown): boolean {
  if (isSignal(value)) return value.aborted;
  const expected = "a Channel, channel.sending(value), after(ms), an AbortSignal or undefined";
  throw new TypeError(`Cannot select case "${name}": expected ${expected}, got ${inspect(value, { depth: 0 })}`);
}

/** A select that found no case ready: one waiter in the queue of every case. */
class Waiting implements Owner, WaitSource {
  readonly #resolve: (result: Result | Promise<never>) => void;
  #last: Waiter | null = null;
  #releases: (() => void)[] | null = null;
  #isOver = false;

  constructor(resolve: (result: Result | Promise<never>) => void) {
    this.#resolve = resolve;
  }

  start(cases: Readonly<Record<string, SelectCase>>, signal: AbortSignal | undefined): void {
    for (const name in cases) {
      const each = cases[name];
      if (each === undefined) continue;
      const waiter = new Waiter(ignore, undefined, this);
      waiter.name = name;
      waiter.sibling = this.#last;
      this.#last = waiter;
      const release = isSelectable(each)
        ? each[enlist](waiter)
        : onAbort(each, (reason) => this.complete(waiter, reason, false));
      if (release !== null) (this.#releases ??= []).push(release);
    }
    traceWait(this);
    if (signal !== undefined) (this.#releases ??= []).push(onAbort(signal, (reason) => this.#abort(reason)));
  }

  complete(winner: Waiter, value: unknown, done: boolean): void {
    this.#end();
    this.#resolve({ case: winner.name, value, done });
  }

  fail(_: Waiter, reason: unknown): void {
    this.#abort(reason);
  }

  describeWait(): string | undefined {
    if (this.#isOver) return undefined;
    const names: string[] = [];
    for (let waiter = this.#last; waiter !== null; waiter = waiter.sibling) names.unshift(waiter.name);
    return names.length === 0 ? "select" : `select ${names.join(", ")}`;
  }

  #abort(reason: unknown): void {
    this.#end();
    this.#resolve(Promise.reject(reason));
  }

  #end(): void {
    this.#isOver = true;
    for (let waiter = this.#last; waiter !== null; waiter = waiter.sibling) waiter.leave();
    if (this.#releases !== null) for (const release of this.#releases) release();
  }
}

function ignore(): void {}
