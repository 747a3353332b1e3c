// Random interleavings against a model: since every hand-over is synchronous, three arrays say what has to come out.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { Channel } from "../src/channel.js";
import { select } from "../src/select.js";
import { settle, watch } from "./outcome.js";
import type { Outcome } from "./outcome.js";

type Step =
  | {
      readonly kind:
        | "send"
        | "trySend"
        | "receive"
        | "tryReceive"
        | "selectReceive"
        | "selectSend"
        | "settle"
        | "close";
    }
  | { readonly kind: "receiveMany"; readonly max: number }
  | { readonly kind: "abort"; readonly which: number };

/** One operation: what the model says of it, and how to look at the real one. */
interface Operation {
  expected: Outcome<unknown>;
  readonly actual: () => Outcome<unknown>;
  readonly controller: AbortController;
  /** Of a `receiveMany`: what it was given so far, and its limit. */
  readonly batch: number[] | null;
  readonly max: number;
  readonly value: number;
}

class Model {
  readonly #capacity: number;
  readonly #buffer: number[] = [];
  readonly #senders: Operation[] = [];
  readonly #receivers: Operation[] = [];
  isClosed = false;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#buffer.length;
  }

  offer(value: number): boolean {
    const receiver = this.#receivers[0];
    if (receiver !== undefined) {
      if (receiver.batch === null) this.#resolve(receiver, this.#receivers, { value, done: false });
      else {
        receiver.batch.push(value);
        if (receiver.batch.length === receiver.max) this.#resolve(receiver, this.#receivers, receiver.batch);
      }
      return true;
    }
    if (this.#buffer.length >= this.#capacity) return false;
    this.#buffer.push(value);
    return true;
  }

  takeOne(): number | undefined {
    if (this.#buffer.length > 0) {
      const oldest = this.#buffer.shift();
      if (this.#senders.length > 0) this.#buffer.push(this.#admit());
      return oldest;
    }
    return this.#senders.length > 0 ? this.#admit() : undefined;
  }

  send(operation: Operation): void {
    if (this.isClosed) operation.expected = { state: "rejected", reason: "closed" };
    else if (this.offer(operation.value)) operation.expected = { state: "resolved", value: undefined };
    else this.#senders.push(operation);
  }

  receive(operation: Operation): void {
    const value = this.takeOne();
    if (value !== undefined) operation.expected = { state: "resolved", value: { value, done: false } };
    else if (this.isClosed) operation.expected = { state: "resolved", value: { value: undefined, done: true } };
    else this.#receivers.push(operation);
  }

  receiveMany(operation: Operation): void {
    const batch = operation.batch as number[];
    while (batch.length < operation.max) {
      const value = this.takeOne();
      if (value === undefined) break;
      batch.push(value);
    }
    if (batch.length === operation.max || this.isClosed) operation.expected = { state: "resolved", value: batch };
    else this.#receivers.push(operation);
  }

  abort(operation: Operation): void {
    if (operation.expected.state !== "waiting" || (operation.batch !== null && operation.batch.length > 0)) return;
    operation.expected = { state: "rejected", reason: "aborted" };
    for (const queue of [this.#senders, this.#receivers]) {
      if (queue.includes(operation)) queue.splice(queue.indexOf(operation), 1);
    }
  }

  /** Batches that have something end when no task can go on. */
  settle(): void {
    const filled = this.#receivers.filter(({ batch }) => batch !== null && batch.length > 0);
    for (const receiver of filled) this.#resolve(receiver, this.#receivers, receiver.batch);
  }

  close(): void {
    this.isClosed = true;
    for (const receiver of this.#receivers.splice(0)) {
      receiver.expected = { state: "resolved", value: receiver.batch ?? { value: undefined, done: true } };
    }
    for (const sender of this.#senders.splice(0)) sender.expected = { state: "rejected", reason: "closed" };
  }

  #admit(): number {
    const sender = this.#senders[0] as Operation;
    this.#resolve(sender, this.#senders, undefined);
    return sender.value;
  }

  #resolve(operation: Operation, queue: Operation[], value: unknown): void {
    operation.expected = { state: "resolved", value };
    queue.splice(queue.indexOf(operation), 1);
  }
}

class Run {
  readonly #channel: Channel<number>;
  readonly #model: Model;
  readonly #operations: Operation[] = [];
  #nextValue = 0;

  constructor(capacity: number) {
    this.#channel = new Channel(capacity);
    this.#model = new Model(capacity);
  }

  async take(step: Step): Promise<void> {
    if (step.kind === "abort") this.#abort(step.which);
    else if (step.kind === "receiveMany") this.#receiveMany(step.max);
    else if (step.kind === "settle") {
      this.#model.settle();
      await settle();
    } else this.#act(step.kind);
    assert.equal(this.#channel.size, this.#model.size);
  }

  async check(): Promise<void> {
    this.#model.settle();
    await settle();
    for (const operation of this.#operations) assert.deepEqual(simplify(operation.actual()), operation.expected);
  }

  #act(kind: Exclude<Step["kind"], "abort" | "receiveMany" | "settle">): void {
    const value = this.#nextValue++;
    const controller = new AbortController();
    const options = { signal: controller.signal };
    const channel = this.#channel;
    const never = new Channel<number>();
    switch (kind) {
      case "send":
        this.#model.send(this.#start(channel.send(value, options), controller, value));
        break;
      case "selectSend":
        this.#model.send(
          this.#start(unwrap(select({ send: channel.sending(value), never }, options)), controller, value),
        );
        break;
      case "receive":
        this.#model.receive(this.#start(channel.receive(options), controller, value));
        break;
      case "selectReceive":
        this.#model.receive(this.#start(unwrap(select({ never, channel }, options)), controller, value));
        break;
      case "trySend":
        if (!this.#model.isClosed) assert.equal(channel.trySend(value), this.#model.offer(value));
        break;
      case "tryReceive":
        assert.equal(channel.tryReceive()?.value, this.#model.takeOne());
        break;
      case "close":
        channel.close();
        if (!this.#model.isClosed) this.#model.close();
        break;
    }
  }

  #start(promise: Promise<unknown>, controller: AbortController, value: number): Operation {
    const expected = { state: "waiting" } as const;
    const operation = { expected, actual: watch(promise), controller, batch: null, max: 1, value };
    this.#operations.push(operation);
    return operation;
  }

  #receiveMany(max: number): void {
    const controller = new AbortController();
    const promise = this.#channel.receiveMany(max, { signal: controller.signal });
    const expected = { state: "waiting" } as const;
    const operation = { expected, actual: watch(promise), controller, batch: [], max, value: -1 };
    this.#operations.push(operation);
    this.#model.receiveMany(operation);
  }

  #abort(which: number): void {
    const operation = this.#operations[which % Math.max(1, this.#operations.length)];
    if (operation === undefined) return;
    operation.controller.abort("aborted");
    this.#model.abort(operation);
  }
}

function ascending(a: number, b: number): number {
  return a - b;
}

/** A select's result in the form of the operation that it stands for. */
async function unwrap(promise: Promise<{ case: string; value?: unknown; done?: boolean }>): Promise<unknown> {
  const { case: name, value, done } = await promise;
  return name === "send" ? undefined : { value, done };
}

function simplify(outcome: Outcome<unknown>): Outcome<unknown> {
  if (outcome.state !== "rejected" || !(outcome.reason instanceof Error)) return outcome;
  return { state: "rejected", reason: outcome.reason.name === "ClosedError" ? "closed" : outcome.reason };
}

function steps(): fc.Arbitrary<Step[]> {
  const plain = (kind: Exclude<Step["kind"], "abort" | "receiveMany">): fc.Arbitrary<Step> => fc.constant({ kind });
  return fc.array(
    fc.oneof(
      { weight: 4, arbitrary: plain("send") },
      { weight: 4, arbitrary: plain("receive") },
      { weight: 2, arbitrary: plain("selectSend") },
      { weight: 2, arbitrary: plain("selectReceive") },
      { weight: 2, arbitrary: plain("trySend") },
      { weight: 2, arbitrary: plain("tryReceive") },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant("receiveMany" as const), max: fc.integer({ min: 1, max: 4 }) }),
      },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant("abort" as const), which: fc.nat() }) },
      { weight: 2, arbitrary: plain("settle") },
      { weight: 1, arbitrary: plain("close") },
    ),
    { maxLength: 60 },
  );
}

describe("Channel under random interleavings", () => {
  it("does to every operation what the model says: in order, nothing lost, nothing doubled", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(3), steps(), async (capacity, list) => {
        const run = new Run(capacity);
        for (const step of list) await run.take(step);
        await run.check();
      }),
      { numRuns: 1000 },
    );
  });

  it("hands each value to exactly one side when selects meet on several channels", async () => {
    const moves = fc.array(fc.record({ kind: fc.nat(5), which: fc.nat() }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(fc.nat(2), moves, async (capacity, list) => {
        const channels = [new Channel<number>(capacity), new Channel<number>(capacity)] as const;
        const sends: { readonly value: number; readonly outcome: () => Outcome<unknown> }[] = [];
        const receives: (() => Outcome<unknown>)[] = [];
        const controllers: AbortController[] = [];
        for (const [value, { kind, which }] of list.entries()) {
          const controller = new AbortController();
          const options = { signal: controller.signal };
          const [a, b] = which % 2 === 0 ? channels : [channels[1], channels[0]];
          if (kind === 5) await settle();
          else if (kind === 4) controllers[which % Math.max(1, controllers.length)]?.abort("off");
          else {
            controllers.push(controller);
            if (kind === 0) receives.push(watch(select({ a, b }, options)));
            else if (kind === 1) receives.push(watch(a.receive(options)));
            else if (kind === 2) sends.push({ value, outcome: watch(a.send(value, options)) });
            else sends.push({ value, outcome: watch(select({ a: a.sending(value), b: b.sending(value) }, options)) });
          }
        }
        await settle();
        const sent = sends.filter(({ outcome }) => outcome().state === "resolved").map(({ value }) => value);
        const got = receives.flatMap((outcome) => {
          const result = outcome();
          return result.state === "resolved" ? [(result.value as { value: number }).value] : [];
        });
        // What is still buffered has been sent; draining also takes from senders that wait, which come last.
        for (const channel of channels) {
          for (let left = channel.size; left > 0; left--) got.push(channel.tryReceive()?.value as number);
        }
        assert.deepEqual(got.sort(ascending), sent.sort(ascending));
      }),
      { numRuns: 1000 },
    );
  });
});
