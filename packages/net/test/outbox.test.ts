import { measureHeap, until } from "@belfry/testkit";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Addr } from "../src/addr.js";
import type { Conn } from "../src/conn.js";
import { BrokenError, ClosedError } from "../src/errors.js";
import { type Outbox, outbox } from "../src/outbox.js";
import { withTcpPair } from "./pairs.js";

const addr = new Addr("pipe", "", 0);

/** The writing side of a connection that records each write and takes it when told. */
class StalledConn {
  readonly localAddr = addr;
  readonly remoteAddr = addr;
  readonly writes: string[] = [];
  aborted: unknown;
  #settle: ((error?: Error) => void) | undefined;

  write(data: Uint8Array | string): Promise<void> {
    this.writes.push(Buffer.from(data).toString());
    return new Promise((resolve, reject) => {
      this.#settle = (error) => (error === undefined ? resolve() : reject(error));
    });
  }

  abort(reason: unknown): void {
    this.aborted = reason;
    this.#settle?.(new ClosedError({ op: "write" }));
  }

  /** Lets the write under way go through, and waits for what follows on it. */
  async take(): Promise<void> {
    this.#settle?.();
    await new Promise(setImmediate);
  }

  async break(error: Error): Promise<void> {
    this.#settle?.(error);
    await new Promise(setImmediate);
  }
}

/** An outbox whose writer is stuck in the write of `"first"`. */
async function stalled(options?: Parameters<typeof outbox>[1]): Promise<{ conn: StalledConn; box: Outbox }> {
  const conn = new StalledConn();
  const box = outbox(conn as unknown as Conn, options);
  await box.send("first");
  await until(() => conn.writes.length === 1);
  return { conn, box };
}

describe("outbox()", () => {
  it("sends what many tasks send, in the order of their calls", () =>
    withTcpPair(async (a, b) => {
      const box = outbox(a, { capacity: 8 });
      const expected: string[] = [];
      const sending = Array.from({ length: 100 }, (_, i) => {
        expected.push(`${i} grün\n`);
        return box.send(i % 2 === 0 ? `${i} grün\n` : Buffer.from(`${i} grün\n`));
      });
      await Promise.all(sending);
      await box.close();
      await a.closeWrite();
      const received: Uint8Array[] = [];
      for await (const chunk of b) received.push(chunk);
      assert.equal(Buffer.concat(received).toString(), expected.join(""));
    }));

  it("writes all that is queued in one go", async () => {
    const { conn, box } = await stalled();
    for (const item of ["a", Buffer.from("b"), "ü"]) await box.send(item);
    assert.deepEqual([box.size, box.bytes], [3, 4]);
    await conn.take();
    assert.deepEqual(conn.writes, ["first", "abü"]);
    assert.deepEqual([box.size, box.bytes, box.dropped], [0, 0, 0]);
  });

  it("keeps the halves of a surrogate pair apart that two items end and begin with", async () => {
    const { conn, box } = await stalled();
    await box.send("\uD83D");
    await box.send("\uDD14");
    await conn.take();
    assert.equal(conn.writes[1], "\uFFFD\uFFFD");
  });

  it("refuses an item over maxBytes, and limits of nothing", async () => {
    const { box } = await stalled({ maxBytes: 5 });
    await assert.rejects(box.send("ééé"), RangeError);
    assert.throws(() => box.trySend("ééé"), RangeError);
    const conn = new StalledConn() as unknown as Conn;
    assert.throws(() => outbox(conn, { capacity: 0 }), RangeError);
    assert.throws(() => outbox(conn, { maxBytes: 0.5 }), RangeError);
    assert.throws(() => outbox(conn, { overflow: "panic" as "wait" }), TypeError);
  });

  it("close() writes what is queued, ends the writer and may be called again", async () => {
    const { conn, box } = await stalled();
    await box.send("second");
    const closing = Promise.all([box.close(), box.close()]);
    await assert.rejects(box.send("late"), ClosedError);
    assert.throws(() => box.trySend("late"), ClosedError);
    await conn.take();
    await conn.take();
    await closing;
    assert.deepEqual(conn.writes, ["first", "second"]);
    await box.close();
  });

  it("gives every later send, and close(), the error that writing failed with", async () => {
    const { conn, box } = await stalled({ capacity: 1 });
    await box.send("queued");
    const waiting = assert.rejects(box.send("waiting"), BrokenError);
    await conn.break(new BrokenError({ op: "write" }, new Error("ECONNRESET")));
    await waiting;
    await assert.rejects(box.send("late"), { name: "BrokenError", op: "write" });
    assert.throws(() => box.trySend("late"), BrokenError);
    await assert.rejects(box.close(), BrokenError);
    assert.deepEqual([box.size, box.bytes, conn.writes.length], [0, 0, 1]);
  });
});

describe('outbox() with overflow "wait"', () => {
  it("lets senders wait for room, in order", async () => {
    const { conn, box } = await stalled({ capacity: 2 });
    const order: string[] = [];
    const sending = ["a", "b", "c", "d", "e"].map(async (item) => {
      await box.send(item);
      order.push(item);
    });
    await new Promise(setImmediate);
    assert.deepEqual(order, ["a", "b"]);
    assert.equal(box.trySend("f"), false);
    await conn.take();
    assert.deepEqual(order, ["a", "b", "c", "d"]);
    assert.equal(box.size, 2);
    await conn.take();
    await Promise.all(sending);
    await conn.take();
    assert.deepEqual(conn.writes, ["first", "ab", "cd", "e"]);
    assert.equal(box.dropped, 0);
  });

  it("counts bytes as well as items", async () => {
    const { conn, box } = await stalled({ maxBytes: 10 });
    assert.equal(box.trySend("123456"), true);
    assert.equal(box.trySend("12345"), false);
    assert.equal(box.trySend("1234"), true);
    assert.equal(box.bytes, 10);
    await conn.take();
    assert.deepEqual(conn.writes, ["first", "1234561234"]);
  });

  it("keeps a small item behind a large one that waits", async () => {
    const { conn, box } = await stalled({ maxBytes: 10 });
    await box.send("1234567");
    const large = box.send("12345678");
    const small = box.send("1");
    assert.equal(box.trySend("2"), false);
    await conn.take();
    await Promise.all([large, small]);
    await conn.take();
    assert.deepEqual(conn.writes, ["first", "1234567", "123456781"]);
  });

  it("takes an item back whose wait is aborted, and serves those behind it", async () => {
    const { conn, box } = await stalled({ maxBytes: 10 });
    await box.send("1234567");
    const reason = new Error("enough");
    const abort = new AbortController();
    const large = assert.rejects(box.send("12345678", { signal: abort.signal }), reason);
    const small = box.send("1");
    abort.abort(reason);
    await Promise.all([large, small]);
    await assert.rejects(box.send("2", { signal: abort.signal }), reason);
    await conn.take();
    assert.deepEqual(conn.writes, ["first", "12345671"]);
  });

  it("close() turns away who still waits", async () => {
    const { conn, box } = await stalled({ capacity: 1 });
    await box.send("queued");
    const waiting = assert.rejects(box.send("waiting"), ClosedError);
    const closing = box.close();
    await waiting;
    await conn.take();
    await conn.take();
    await closing;
    assert.deepEqual(conn.writes, ["first", "queued"]);
  });
});

describe('outbox() with overflow "drop-oldest"', () => {
  it("makes room by dropping the oldest, and counts each", async () => {
    const { conn, box } = await stalled({ capacity: 2, overflow: "drop-oldest" });
    for (const item of ["a", "b", "c", "d", "e"]) assert.equal(box.trySend(item), true);
    assert.deepEqual([box.size, box.dropped], [2, 3]);
    await conn.take();
    assert.deepEqual(conn.writes, ["first", "de"]);
  });

  it("drops as many as the bytes of the new one need", async () => {
    const { conn, box } = await stalled({ maxBytes: 10, overflow: "drop-oldest" });
    for (const item of ["aaaa", "bbbb", "cc", "ddddddd"]) await box.send(item);
    assert.deepEqual([box.size, box.bytes, box.dropped], [2, 9, 2]);
    await conn.take();
    assert.deepEqual(conn.writes, ["first", "ccddddddd"]);
  });

  it("keeps its counts over thousands of drops", async () => {
    const { conn, box } = await stalled({ capacity: 3, overflow: "drop-oldest" });
    for (let i = 0; i < 10_000; i += 1) box.trySend(`${i} `);
    assert.deepEqual([box.size, box.bytes, box.dropped], [3, 15, 9_997]);
    await conn.take();
    assert.equal(conn.writes[1], "9997 9998 9999 ");
  });
});

describe('outbox() with overflow "drop-newest"', () => {
  it("drops what finds it full, and counts each", async () => {
    const { conn, box } = await stalled({ capacity: 2, overflow: "drop-newest" });
    assert.deepEqual(
      ["a", "b", "c", "d"].map((item) => box.trySend(item)),
      [true, true, false, false],
    );
    await box.send("e");
    assert.deepEqual([box.size, box.dropped], [2, 3]);
    await conn.take();
    assert.deepEqual(conn.writes, ["first", "ab"]);
  });
});

describe('outbox() with overflow "disconnect"', () => {
  it("aborts the connection and rejects from then on", async () => {
    const { conn, box } = await stalled({ capacity: 1, overflow: "disconnect" });
    await box.send("queued");
    await assert.rejects(box.send("too much"), { name: "BrokenError", op: "send" });
    assert.ok(conn.aborted instanceof BrokenError);
    assert.match(conn.aborted.message, /the peer reads too slowly: 1 items \(6 bytes\) are queued$/);
    assert.throws(() => box.trySend("late"), BrokenError);
    await assert.rejects(box.close(), BrokenError);
    assert.equal(box.dropped, 0);
  });
});

describe("outbox() under a reader that stalls", () => {
  it("keeps no more than its limits, whatever is sent", () =>
    withTcpPair(async (a) => {
      const box = outbox(a, { maxBytes: 1 << 20, overflow: "drop-oldest" });
      const before = measureHeap();
      for (let i = 0; i < 2000; i += 1) {
        await box.send(Buffer.alloc(64 << 10, i));
        if (i % 16 === 0) await new Promise(setImmediate);
      }
      assert.ok(box.bytes <= 1 << 20, `${box.bytes} bytes are queued`);
      assert.ok(box.dropped > 1000, `${box.dropped} were dropped`);
      // What is queued, the write under way, and what the kernel's side of the socket is made of.
      assert.ok(measureHeap() - before < 4 << 20, `the heap grew by ${measureHeap() - before} bytes`);
    }));
});
