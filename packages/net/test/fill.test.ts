import { certificate, until } from "@belfry/testkit";
import assert from "node:assert/strict";
import * as nodeNet from "node:net";
import { describe, it } from "node:test";
import * as tls from "node:tls";
import type { FillTarget } from "../src/abilities.js";
import type { Conn } from "../src/conn.js";
import { BrokenError, BusyError } from "../src/errors.js";
import { fill } from "../src/fill.js";
import { listen } from "../src/listen.js";
import { noise } from "../src/testing/check.js";
import { everyPair, type PairMakers, tcpPair, withTcpPair } from "./pairs.js";

const ways: PairMakers = {
  ...everyPair,
  "a connection of another make": async () => {
    const { a, b } = await tcpPair();
    return { a, b: foreign(b) };
  },
};

/** Memory of the given sizes, in turn; every third piece comes late. */
class Pieces implements FillTarget {
  readonly all: Buffer[] = [];
  readonly #sizes: readonly number[];
  #piece: Buffer = Buffer.alloc(0);
  #asked = 0;

  constructor(sizes: readonly number[]) {
    this.#sizes = sizes;
  }

  room(): Uint8Array | Promise<Uint8Array> {
    const piece = Buffer.alloc(this.#sizes[this.#asked % this.#sizes.length] as number);
    this.#piece = piece;
    this.#asked += 1;
    return this.#asked % 3 === 0 ? new Promise((resolve) => setImmediate(() => resolve(piece))) : piece;
  }

  filled(length: number): void {
    this.all.push(this.#piece.subarray(0, length));
  }
}

describe("fill()", () => {
  for (const [name, makePair] of Object.entries(ways)) {
    it(`puts everything into the memory it is given, in order, over ${name}`, async () => {
      const { a, b } = await makePair();
      const sent = noise(3_000_000, 21);
      const sending = a.write(sent).then(() => a.closeWrite());
      const pieces = new Pieces([1, 100_000, 1 << 20, 5000, 65_536, 3]);
      await fill(b, pieces);
      await sending;
      assert.equal(Buffer.compare(Buffer.concat(pieces.all), sent), 0);
      a.abort();
      b.abort();
    });
  }

  it("makes the peer wait while the target has no room", () =>
    withTcpPair(async (a, b) => {
      let release: (piece: Uint8Array) => void = () => {};
      const later = new Promise<Uint8Array>((resolve) => (release = resolve));
      let count = 0;
      const filling = fill(b, {
        room: () => (count === 0 ? new Uint8Array(10) : later),
        filled: () => void (count += 1),
      });
      await a.write("x");
      await until(() => count === 1);
      await a.write("y");
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
      const before = b.bytesRead;
      release(new Uint8Array(1));
      await a.closeWrite();
      await filling;
      assert.equal(before, 1);
      assert.equal(count, 2);
    }));

  it("reads on into memory that comes again after a wait, in one go", () =>
    withTcpPair(async (a, b) => {
      const sent = noise(5_000_000, 23);
      const sending = a.write(sent).then(() => a.closeWrite());
      const memory = Buffer.alloc(1 << 20);
      const all: Buffer[] = [];
      await fill(b, {
        room: () => (all.length < 2 ? memory : new Promise((resolve) => setTimeout(() => resolve(memory), 2))),
        filled: (length) => void all.push(Buffer.from(memory.subarray(0, length))),
      });
      await sending;
      assert.equal(Buffer.compare(Buffer.concat(all), sent), 0);
      const most = Math.max(...all.slice(2).map(({ byteLength }) => byteLength));
      assert.ok(most > 65_536, `${most} bytes in one go`);
    }));

  for (const [name, makePair] of Object.entries(ways).slice(0, 3)) {
    it(`stops when aborted, with the reason, leaves the memory alone and loses no byte, over ${name}`, async () => {
      const { a, b } = await makePair();
      const reason = new Error("enough");
      const abort = new AbortController();
      const memory = new Uint8Array(1 << 20);
      let length = 0;
      const filling = fill(
        b,
        {
          room: () => memory.subarray(length),
          filled: (count) => {
            length += count;
            if (length >= 100_000) abort.abort(reason);
          },
        },
        { signal: abort.signal },
      );
      const sent = noise(300_000, 22);
      const sending = a.write(sent).then(() => a.closeWrite());
      await assert.rejects(filling, reason);
      const rest = memory.slice(length);
      const left: Uint8Array[] = [];
      for await (const chunk of b) left.push(chunk);
      await sending;
      assert.equal(Buffer.compare(Buffer.concat([memory.subarray(0, length), ...left]), sent), 0);
      assert.equal(Buffer.compare(memory.subarray(length), rest), 0);
      await assert.rejects(fill(b, new Pieces([1]), { signal: abort.signal }), reason);
      await b.write("still open");
      assert.equal(String(await a.read()), "still open");
      await Promise.all([a.close(), b.close()]);
    });
  }

  for (const isProper of [true, false]) {
    it(`${isProper ? "ends with" : "rejects without"} close_notify where that is required`, async () => {
      const listener = await listen("127.0.0.1:0", { tls: { ...certificate, requireCloseNotify: true } });
      const raw = nodeNet.connect({ port: listener.addr.port, host: "127.0.0.1", allowHalfOpen: true });
      const socket = tls.connect({ socket: raw, ca: certificate.cert, servername: "localhost" });
      socket.on("error", () => {});
      const b = await listener.accept();
      const sent = noise(500_000, 23);
      const pieces = new Pieces([65_536]);
      const filling = fill(b, pieces);
      await new Promise((resolve) => socket.write(sent, resolve));
      if (isProper) socket.end();
      else raw.end();
      if (isProper) await filling;
      else await assert.rejects(filling, BrokenError);
      assert.equal(Buffer.compare(Buffer.concat(pieces.all), sent), 0);
      raw.destroy();
      b.abort();
      await listener.close();
    });
  }

  it("stops waiting when aborted", () =>
    withTcpPair(async (a, b) => {
      const reason = new Error("enough");
      for (const room of [() => new Uint8Array(10), () => new Promise<Uint8Array>(() => {})]) {
        const abort = new AbortController();
        const filling = fill(b, { room, filled: () => assert.fail("nothing came") }, { signal: abort.signal });
        abort.abort(reason);
        await assert.rejects(filling, reason);
      }
      await a.write("later");
      assert.equal((await b.read())?.length, 5);
    }));

  it("rejects with what the target throws or rejects with, and leaves the connection open", () =>
    withTcpPair(async (a, b) => {
      const failure = new Error("no memory");
      const fail = (): never => {
        throw failure;
      };
      const room = () => new Uint8Array(1);
      await assert.rejects(fill(b, { room: fail, filled: () => {} }), failure);
      await assert.rejects(fill(b, { room: () => Promise.reject(failure), filled: () => {} }), failure);
      await a.write("xyz");
      await assert.rejects(fill(b, { room, filled: fail }), failure);
      assert.equal(Buffer.from((await b.read()) ?? []).toString(), "yz");
    }));

  it("turns empty memory away", () =>
    withTcpPair(async (_, b) => {
      await assert.rejects(fill(b, { room: () => new Uint8Array(0), filled: () => {} }), RangeError);
    }));

  it("is the one reader of the connection", () =>
    withTcpPair(async (a, b) => {
      const filling = fill(b, new Pieces([10]));
      await assert.rejects(b.read(), BusyError);
      await assert.rejects(fill(b, new Pieces([10])), BusyError);
      await a.closeWrite();
      await filling;
    }));

  it("rejects when the connection breaks", () =>
    withTcpPair(async (a, b) => {
      const filling = fill(b, new Pieces([10]));
      a.abort();
      await assert.rejects(filling, BrokenError);
    }));
});

/** Only what the interface of a Conn has. */
function foreign(conn: Conn): Conn {
  const abort = (): void => conn.abort();
  return { readInto: conn.readInto.bind(conn), abort } as unknown as Conn;
}
