import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inflateSync } from "node:zlib";
import { BrokenError } from "@belfry/net";
import { fakeClock, until, withoutLeaks } from "@belfry/testkit";
import { sendAll } from "../../src/data/send.js";
import { lent, noise, pumpOptions, readAll, sha256, withPair } from "./pump-kit.js";

describe("sendAll()", () => {
  for (const isSecure of [false, true]) {
    it(`sends everything, counts it and leaves the connection open${isSecure ? ", under TLS" : ""}`, () =>
      withoutLeaks(() =>
        withPair(async (client, server) => {
          const file = noise(5_000_000);
          const options = pumpOptions();
          const received = readAll(client);
          await sendAll(server, lent(file, 1 << 20), options);
          assert.equal(options.progress.bytes, file.length);
          assert.equal(options.digest?.digest("hex"), sha256(file));
          await server.write("more");
          await server.closeWrite();
          assert.equal(Buffer.compare(await received, Buffer.concat([file, Buffer.from("more")])), 0);
        }, isSecure),
      ));
  }

  it("sends nothing for an empty file", () =>
    withPair(async (client, server) => {
      const options = pumpOptions();
      await sendAll(server, lent(Buffer.alloc(0), 10), options);
      await server.closeWrite();
      assert.equal((await readAll(client)).length, 0);
      assert.equal(options.progress.bytes, 0);
    }));

  it("ends lines in CRLF in TYPE A, and counts and digests the file's own bytes", () =>
    withPair(async (client, server) => {
      const file = Buffer.from("one\ntwo\r\nthree\n".repeat(50_000));
      const options = pumpOptions({ type: "A" });
      const received = readAll(client);
      await sendAll(server, lent(file, 99_999), options);
      await server.closeWrite();
      assert.equal((await received).toString(), "one\r\ntwo\r\nthree\r\n".repeat(50_000));
      assert.equal(options.progress.bytes, file.length);
      assert.equal(options.digest?.digest("hex"), sha256(file));
    }));

  it("sends one zlib stream in MODE Z, smaller than the file, also for an empty file", async () => {
    for (const file of [Buffer.from("a line of text\n".repeat(100_000)), Buffer.alloc(0)]) {
      await withPair(async (client, server) => {
        const options = pumpOptions({ mode: "Z" });
        const received = readAll(client);
        await sendAll(server, lent(file, 300_000), options);
        await server.closeWrite();
        const stream = await received;
        assert.equal(Buffer.compare(inflateSync(stream), file), 0);
        assert.ok(stream.length < Math.max(file.length / 10, 20));
        assert.equal(options.progress.bytes, file.length);
        assert.equal(options.digest?.digest("hex"), sha256(file));
      });
    }
  });

  it("keeps to the rate, evenly, also under TLS", async (test) => {
    const clock = fakeClock(test);
    for (const isSecure of [false, true]) {
      await withPair(async (client, server) => {
        const options = pumpOptions({}, 1_000_000);
        const received = readAll(client);
        let isDone = false;
        const sending = sendAll(server, lent(noise(3_000_000), 700_000), options).then(() => (isDone = true));
        let before = 0;
        for (let tenth = 0; tenth < 29; tenth += 1) {
          await clock.advance(100, 10);
          assert.ok(options.progress.bytes - before <= 200_000, `${options.progress.bytes - before} bytes at once`);
          before = options.progress.bytes;
          if (tenth === 9) assert.ok(Math.abs(before - 1_000_000) <= 100_000, `${before} bytes after a second`);
        }
        assert.equal(isDone, false);
        await clock.advance(300, 10);
        assert.equal(isDone, true);
        await sending;
        await server.closeWrite();
        assert.equal((await received).length, 3_000_000);
      }, isSecure);
    }
  });

  it("lets small files be no faster than a large one", async (test) => {
    const clock = fakeClock(test);
    await withPair(async (_, server) => {
      let isDone = false;
      const sending = sendAll(server, lent(noise(1000), 1000), pumpOptions({}, 10_000)).then(() => (isDone = true));
      await clock.advance(90, 5);
      assert.equal(isDone, false);
      await clock.advance(30, 5);
      assert.equal(isDone, true);
      await sending;
    });
  });

  it("counts what has gone of a chunk while the rest waits for a slow client", async (test) => {
    const clock = fakeClock(test);
    await withPair(async (client, server) => {
      const options = pumpOptions();
      const file = noise(30_000_000);
      async function* whole(): AsyncGenerator<Uint8Array, void> {
        yield await Promise.resolve(file);
      }
      const slow = sendAll(server, whole(), options);
      await clock.advance(1100, 100);
      const first = options.progress.bytes;
      assert.ok(first > 0 && first < file.length, `${first} bytes`);
      const memory = new Uint8Array(1 << 20);
      let taken = 0;
      while (taken < 10_000_000) taken += (await client.readInto(memory)) ?? 0;
      await clock.advance(1100, 100);
      assert.ok(options.progress.bytes > first);
      const rest = readAll(client);
      await slow;
      assert.equal(options.progress.bytes, file.length);
      await server.closeWrite();
      assert.equal(taken + (await rest).length, file.length);
    });
  });

  it("rejects with the reason when aborted, though the client does not read, and breaks the connection", async () => {
    for (const [isSecure, mode] of [
      [false, "S"],
      [true, "S"],
      [false, "Z"],
    ] as const) {
      await withPair(async (client, server) => {
        const reason = new Error("ABOR");
        const options = pumpOptions({ mode });
        const sending = sendAll(server, lent(noise(40_000_000), 1 << 20), options);
        await until(() => server.bytesQueued > 0);
        options.abort.abort(reason);
        await assert.rejects(sending, reason);
        await server.closed;
        const received = await readAll(client).catch(() => Buffer.alloc(0));
        assert.ok(received.length < 40_000_000);
      }, isSecure);
    }
  });

  it("rejects with the reason when aborted while the storage gives nothing, and tells it to end", () =>
    withPair(async (_, server) => {
      const reason = new Error("ABOR");
      const options = pumpOptions();
      let isReturned = false;
      const never: AsyncIterable<Uint8Array> = {
        [Symbol.asyncIterator]: () => ({
          next: () => new Promise(() => {}),
          return: () => {
            isReturned = true;
            return Promise.resolve({ value: undefined, done: true as const });
          },
        }),
      };
      const sending = sendAll(server, never, options);
      options.abort.abort(reason);
      await assert.rejects(sending, reason);
      assert.ok(isReturned);
      await assert.rejects(sendAll(server, never, options), reason);
    }));

  it("rejects with what the storage throws, and leaves the connection open then", async () => {
    for (const mode of ["S", "Z"] as const) {
      await withPair(async (client, server) => {
        const failure = new Error("disk on fire");
        async function* failing(): AsyncGenerator<Uint8Array, void> {
          yield await Promise.resolve(Buffer.from("x"));
          throw failure;
        }
        await assert.rejects(sendAll(server, failing(), pumpOptions({ mode })), failure);
        await server.write("still open");
        assert.ok(((await client.read())?.length ?? 0) > 0);
      });
    }
  });

  it("rejects when the client breaks the connection, and tells the storage to end", () =>
    withPair(async (client, server) => {
      let isFinished = false;
      async function* endless(): AsyncGenerator<Uint8Array, void> {
        try {
          for (;;) yield await Promise.resolve(Buffer.alloc(1 << 20));
        } finally {
          isFinished = true;
        }
      }
      const sending = sendAll(server, endless(), pumpOptions());
      await client.read();
      client.abort();
      await assert.rejects(sending, BrokenError);
      await until(() => isFinished);
    }));
});
