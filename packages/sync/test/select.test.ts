import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import { after } from "../src/after.js";
import { Channel } from "../src/channel.js";
import { ClosedError } from "../src/errors.js";
import { select, trySelect } from "../src/select.js";
import { settle, watch } from "./outcome.js";

describe("select()", () => {
  it("yields what a ready channel holds, under the case's name", async () => {
    const numbers = new Channel<number>(1);
    numbers.trySend(7);
    const result = await select({ number: numbers, word: new Channel<string>() });
    assert.deepEqual(result, { case: "number", value: 7, done: false });
    if (result.case === "number" && !result.done) assert.equal(result.value.toFixed(1), "7.0");
  });

  it("waits for the first case and leaves the queues of the others", async () => {
    const [a, b] = [new Channel<number>(), new Channel<number>()];
    const result = select({ a, b });
    assert.equal(b.trySend(2), true);
    assert.equal(a.trySend(1), false, "no stale waiter took it");
    assert.deepEqual(await result, { case: "b", value: 2, done: false });
  });

  it("sends in one case or receives in another, never both", async () => {
    const [input, output] = [new Channel<string>(), new Channel<string>()];
    const result = select({ input, output: output.sending("out") });
    assert.deepEqual(output.tryReceive(), { value: "out", done: false });
    assert.equal(input.trySend("in"), false);
    assert.deepEqual(await result, { case: "output", value: undefined, done: false });
  });

  it("does not meet itself on one channel", async () => {
    const channel = new Channel<number>();
    const result = watch(select({ send: channel.sending(1), receive: channel }));
    await settle();
    assert.equal(result().state, "waiting");
    assert.deepEqual(channel.tryReceive(), { value: 1, done: false });
    await settle();
    assert.equal(result().state, "resolved");
  });

  it("meets another select", async () => {
    const [left, right] = [new Channel<number>(), new Channel<number>()];
    const one = select({ left: left.sending(1), right });
    const two = select({ left, right: right.sending(2) });
    const [first, second] = await Promise.all([one, two]);
    assert.equal(first.case, second.case);
  });

  it("chooses uniformly among ready cases", async () => {
    const counts = { a: 0, b: 0, c: 0 };
    const channels = { a: new Channel<number>(1), b: new Channel<number>(1), c: new Channel<number>(1) };
    for (const channel of Object.values(channels)) channel.trySend(0);
    for (let i = 0; i < 6000; i++) {
      const { case: name } = await select(channels);
      counts[name]++;
      channels[name].trySend(0);
    }
    // Six standard deviations of a binomial distribution with n = 6000 and p = 1/3.
    for (const count of Object.values(counts)) assert.ok(Math.abs(count - 2000) < 219, JSON.stringify(counts));
  });

  it("never chooses undefined", async () => {
    const off: Channel<string> | undefined = undefined;
    const on = new Channel<number>(1);
    on.trySend(1);
    assert.equal((await select({ off, on })).case, "on");
    assert.deepEqual(await select({ off }, { otherwise: true }), { case: "otherwise" });
  });

  it("resolves to otherwise when no case is ready, and to the case when one is", async () => {
    const channel = new Channel<number>(1);
    assert.deepEqual(await select({ channel }, { otherwise: true }), { case: "otherwise" });
    channel.trySend(1);
    assert.deepEqual(await select({ channel }, { otherwise: true }), { case: "channel", value: 1, done: false });
  });

  it("has a type that knows its cases", async () => {
    const word = new Channel<string>(1);
    word.trySend("typed");
    const plain = await select({ word });
    // @ts-expect-error -- without the option there is no such case
    assert.notEqual(plain.case === "otherwise", true);
    const result = await select({ word, nothing: undefined }, { otherwise: true });
    const name: "word" | "otherwise" = result.case;
    assert.equal(name, "otherwise");
  });

  it("takes a signal of another realm", async () => {
    const lookalike = { aborted: true, reason: "foreign", addEventListener() {} } as unknown as AbortSignal;
    assert.equal((await select({ lookalike })).case, "lookalike");
  });

  it("is done with a channel that is closed, before and while it waits", async () => {
    const channel = new Channel<number>();
    const waiting = select({ channel });
    channel.close();
    assert.deepEqual(await waiting, { case: "channel", value: undefined, done: true });
    assert.deepEqual(await select({ channel }), { case: "channel", value: undefined, done: true });
  });

  it("rejects with ClosedError when it sends on a closed channel, before and while it waits", async () => {
    const channel = new Channel<number>();
    const waiting = select({ send: channel.sending(1), other: new Channel<string>() });
    channel.close();
    await assert.rejects(waiting, ClosedError);
    await assert.rejects(select({ send: channel.sending(1) }), ClosedError);
  });

  it("yields the reason of a signal that is a case", async () => {
    const controller = new AbortController();
    const waiting = select({ stopped: controller.signal, channel: new Channel<number>() });
    controller.abort("reason");
    assert.deepEqual(await waiting, { case: "stopped", value: "reason", done: false });
    assert.deepEqual(await select({ stopped: controller.signal }), { case: "stopped", value: "reason", done: false });
    assert.equal(getEventListeners(controller.signal, "abort").length, 0);
  });

  it("rejects with the reason of its own signal, and no case takes effect", async () => {
    const channel = new Channel<number>(1);
    const controller = new AbortController();
    const waiting = watch(select({ channel }, { signal: controller.signal }));
    controller.abort("called off");
    await settle();
    assert.deepEqual(waiting(), { state: "rejected", reason: "called off" });
    channel.trySend(1);
    const aborted = select({ channel }, { signal: AbortSignal.abort("before") });
    await assert.rejects(aborted, (reason) => reason === "before");
    assert.equal(channel.size, 1);
  });

  it("takes its listeners off when another case wins", async () => {
    const [one, two] = [new AbortController(), new AbortController()];
    const channel = new Channel<number>();
    const waiting = select({ channel, stop: one.signal }, { signal: two.signal });
    assert.equal(getEventListeners(one.signal, "abort").length, 1);
    assert.equal(getEventListeners(two.signal, "abort").length, 1);
    channel.trySend(1);
    assert.equal(getEventListeners(one.signal, "abort").length, 0);
    assert.equal(getEventListeners(two.signal, "abort").length, 0);
    await waiting;
  });

  it("turns away a case that is none, naming it and its value", async () => {
    const cases = { good: new Channel<number>(1), bad: 42 as unknown as undefined };
    cases.good.trySend(1);
    await assert.rejects(select(cases), { name: "TypeError", message: /case "bad": expected .* got 42$/ });
    assert.equal(cases.good.size, 1);
  });

  it("gives up a send after a timeout", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const channel = new Channel<string>();
    const waiting = select({ sent: channel.sending("late"), timeout: after(1000) });
    t.mock.timers.tick(1000);
    assert.deepEqual(await waiting, { case: "timeout", value: undefined, done: false });
    assert.equal(channel.tryReceive(), undefined, "the value is not left behind");
  });

  it("ends a task by a done channel", async () => {
    const [numbers, done] = [new Channel<number>(), new Channel<never>()];
    let sent = 0;
    const producer = (async () => {
      for (;;) {
        const result = await select({ done, sent: numbers.sending(sent) });
        if (result.case === "done") return;
        sent++;
      }
    })();
    assert.equal((await numbers.receive()).value, 0);
    assert.equal((await numbers.receive()).value, 1);
    done.close();
    await producer;
    assert.equal(sent, 2);
  });
});

describe("trySelect()", () => {
  it("lets one ready case take effect and never waits", () => {
    const [full, empty] = [new Channel<number>(1), new Channel<number>(1)];
    full.trySend(1);
    assert.deepEqual(trySelect({ full }), { case: "full", value: 1, done: false });
    assert.equal(trySelect({ full, nothing: undefined }), undefined);
    assert.deepEqual(trySelect({ send: empty.sending(5) }), { case: "send", value: undefined, done: false });
    assert.equal(empty.size, 1);
  });

  it("throws what select rejects with", () => {
    const channel = new Channel<number>();
    channel.close();
    assert.throws(() => trySelect({ send: channel.sending(1) }), ClosedError);
    assert.throws(() => trySelect({ bad: "text" as unknown as undefined }), { message: /case "bad".*'text'/ });
  });
});
