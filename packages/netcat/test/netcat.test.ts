import assert from "node:assert/strict";
import { describe, it, mock } from "node:test";
import { BrokenError, type Conn, dial, listen, pipe } from "@belfry/net";
import fc from "fast-check";
import { IdleError, InputError, OutputError } from "../src/errors.js";
import { netcat } from "../src/netcat.js";
import { Collector } from "./collector.js";
import { ManualSource } from "./manual-source.js";

async function echo(conn: Conn): Promise<void> {
  for await (const chunk of conn) await conn.write(chunk);
  await conn.close();
}

async function readAll(conn: Conn): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of conn) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe("netcat()", () => {
  it("sends the input, half-closes, and waits for what is still to come", async () => {
    const [near, far] = pipe();
    const output = new Collector();
    const done = netcat(near, { input: ["one ", "two"], output });
    assert.equal(String(await readAll(far)), "one two");
    await far.write("and three");
    await far.close();
    assert.deepEqual(await done, { sent: 7, received: 9, endedBy: "peer" });
    assert.equal(output.text, "and three");
  });

  it("writes what comes while the input is still open", async () => {
    const [near, far] = pipe();
    const input = new ManualSource();
    const output = new Collector();
    const done = netcat(near, { input, output });
    await far.write("hello");
    await output.endsIn("hello");
    input.put("back");
    assert.equal(String(await far.read()), "back");
    input.end();
    await far.close();
    await done;
  });

  it("ends at once when the peer ends first, however long the input lasts", async () => {
    const [near, far] = pipe();
    const input = new ManualSource();
    const output = new Collector();
    const done = netcat(near, { input, output });
    await far.write("bye");
    await far.closeWrite();
    assert.deepEqual(await done, { sent: 0, received: 3, endedBy: "peer" });
    assert.equal(output.text, "bye");
    assert.equal(input.isClosed, false);
    await near.closed;
  });

  it("leaves a source for the next connection, with nothing lost", async () => {
    const input = new ManualSource();
    const first = pipe();
    const done = netcat(first[0], { input, output: new Collector() });
    await first[1].close();
    await done;
    const second = pipe();
    const next = netcat(second[0], { input, output: new Collector() });
    input.put("still here");
    input.end();
    assert.equal(String(await readAll(second[1])), "still here");
    await second[1].close();
    await next;
  });

  it("goes on sending behind the peer's end when told to keep open", async () => {
    const [near, far] = pipe();
    const input = new ManualSource();
    const done = netcat(near, { input, output: new Collector(), keepOpen: true });
    await far.closeWrite();
    input.put("more");
    assert.equal(String(await far.read()), "more");
    input.end();
    assert.equal(await far.read(), null);
    assert.equal((await done).sent, 4);
  });

  it("goes on sending behind the peer's end for as long as input is at hand", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const [near, far] = pipe();
    const input = new ManualSource();
    const done = netcat(near, { input, output: new Collector(), keepOpen: 1000 });
    await far.closeWrite();
    await settled();
    t.mock.timers.tick(999);
    input.put("more");
    assert.equal(String(await far.read()), "more");
    await settled();
    t.mock.timers.tick(999);
    await settled();
    const end = far.read();
    t.mock.timers.tick(1);
    assert.deepEqual(await done, { sent: 4, received: 0, endedBy: "peer" });
    assert.equal(await end, null);
  });

  it("leaves the write half open when told never to half-close", async () => {
    const [near, far] = pipe();
    const done = netcat(near, { input: ["x"], output: new Collector(), halfClose: "never" });
    assert.equal(String(await far.read()), "x");
    const end = far.read();
    await far.closeWrite();
    assert.equal((await done).endedBy, "peer");
    assert.equal(await end, null);
  });

  it("half-closes after data only when something was sent", async () => {
    const [near, far] = pipe();
    const output = new Collector();
    const options = { output, halfClose: "after-data" } as const;
    const silent = netcat(near, { ...options, input: [] });
    await far.write("upload");
    await output.endsIn("upload");
    far.setReadDeadline(0);
    await assert.rejects(far.read(), { name: "DeadlineError" });
    await far.close();
    await silent;

    const [near2, far2] = pipe();
    const talking = netcat(near2, { ...options, input: ["x"] });
    assert.equal(String(await readAll(far2)), "x");
    await far2.close();
    await talking;
  });

  it("rejects with the reason of an abort and closes the connection", async () => {
    const [near, far] = pipe();
    const controller = new AbortController();
    const done = netcat(near, { input: new ManualSource(), output: new Collector(), signal: controller.signal });
    const reason = new Error("enough");
    controller.abort(reason);
    await assert.rejects(done, reason);
    await near.closed;
    assert.equal(await far.read(), null);
  });

  it("does not wait for a stalled output on abort", async () => {
    const [near, far] = pipe();
    const controller = new AbortController();
    const stalled = new Promise<void>(() => {});
    const output = {
      write: () => {
        controller.abort(new Error("enough"));
        return stalled;
      },
    };
    const done = netcat(near, { input: new ManualSource(), output, signal: controller.signal });
    await far.write("x");
    await assert.rejects(done, /enough/);
  });

  it("rejects with OutputError when the output fails, and tells a reader that has gone", async () => {
    const [near, far] = pipe();
    const cause = Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
    const output = { write: () => Promise.reject(cause) };
    const done = netcat(near, { input: new ManualSource(), output });
    await far.write("x");
    await assert.rejects(done, (error) => error instanceof OutputError && error.isReaderGone && error.cause === cause);
  });

  it("rejects with InputError when the input fails", async () => {
    const [near, far] = pipe();
    const cause = new Error("disk on fire");
    async function* input(): AsyncGenerator<string> {
      yield "x";
      throw cause;
    }
    const done = netcat(near, { input: input(), output: new Collector() });
    assert.equal(String(await far.read()), "x");
    await assert.rejects(done, (error) => error instanceof InputError && error.cause === cause);
  });

  it("rejects with BrokenError when the peer resets, with what came before in the output", async () => {
    const listener = await listen("127.0.0.1:0");
    const near = await dial(listener.addr);
    const far = await listener.accept();
    const output = new Collector();
    const done = netcat(near, { input: new ManualSource(), output });
    await far.write("last words");
    await output.endsIn("words");
    far.abort();
    await assert.rejects(done, (error) => error instanceof BrokenError && /ECONNRESET/.test(error.message));
    await listener.close();
  });

  it("does not read ahead of a peer that does not read", async () => {
    const [near, far] = pipe();
    let given = 0;
    function* input(): Generator<Uint8Array> {
      for (; given < 1000; given++) yield Buffer.alloc(65_536);
    }
    const output = new Collector();
    const done = netcat(near, { input: input(), output });
    await far.write("ready");
    await output.endsIn("ready");
    assert.ok(given < 10, `took ${given} chunks`);
    far.abort();
    await assert.rejects(done, BrokenError);
  });

  it("shows all bytes as they pass", async () => {
    const [near, far] = pipe();
    const seen: string[] = [];
    const onBytes = (direction: string, bytes: Uint8Array): void => void seen.push(`${direction} ${String(bytes)}`);
    const served = echo(far);
    await netcat(near, { input: ["hi"], output: new Collector(), onBytes });
    await served;
    assert.deepEqual(seen, ["sent hi", "received hi"]);
  });

  it("brings any bytes through an echo, exactly", async () => {
    const listener = await listen("127.0.0.1:0");
    const chunks = fc.array(fc.uint8Array({ maxLength: 100_000, size: "max" }), { maxLength: 8, size: "max" });
    const property = fc.asyncProperty(chunks, async (input) => {
      const near = await dial(listener.addr);
      const served = echo(await listener.accept());
      const output = new Collector();
      const { sent, received } = await netcat(near, { input, output });
      await served;
      const expected = Buffer.concat(input);
      assert.deepEqual([sent, received], [expected.length, expected.length]);
      assert.ok(expected.equals(output.bytes));
    });
    await fc.assert(property, { numRuns: 30 });
    await listener.close();
  });
});

describe("netcat() with time", () => {
  it("quits so long after the end of input", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const [near, far] = pipe();
    const done = netcat(near, { input: ["x"], output: new Collector(), quitAfter: 500 });
    await readAll(far);
    await settled();
    t.mock.timers.tick(499);
    await far.write("in time");
    t.mock.timers.tick(1);
    assert.equal((await done).endedBy, "quit");
  });

  it("gives up when nothing moves for the idle timeout", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
    const [near, far] = pipe();
    const output = new Collector();
    const done = netcat(near, { input: new ManualSource(), output, idleTimeout: 1000 });
    t.mock.timers.tick(900);
    await far.write("x");
    await output.endsIn("x");
    await settled();
    t.mock.timers.tick(999);
    await settled();
    assert.equal(far.bytesRead, 0);
    t.mock.timers.tick(1);
    await assert.rejects(done, (error) => error instanceof IdleError && error.timeout === 1000);
    mock.reset();
  });
});

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
