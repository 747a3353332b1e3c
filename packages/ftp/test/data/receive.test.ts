import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { deflateSync } from "node:zlib";
import { BrokenError } from "@belfry/net";
import type { Conn } from "@belfry/net";
import { fakeClock, until, withoutLeaks } from "@belfry/testkit";
import * as fc from "fast-check";
import { transferBuffers } from "../../src/buffer-pool.js";
import { receiveAll } from "../../src/data/receive.js";
import { sendAll } from "../../src/data/send.js";
import { ReplyError } from "../../src/protocol/reply.js";
import { StorageError } from "../../src/storage/storage-error.js";
import { lent, noise, pumpOptions, QuickWriter, sha256, SlowWriter, withPair } from "./pump-kit.js";

async function upload(client: Conn, bytes: Uint8Array): Promise<void> {
  await client.write(bytes);
  await client.closeWrite();
}

describe("receiveAll()", () => {
  for (const isSecure of [false, true]) {
    it(`writes everything, in order, a few writes at once${isSecure ? ", under TLS" : ""}`, () =>
      withoutLeaks(() =>
        withPair(async (client, server) => {
          const file = noise(10_000_000);
          const writer = new SlowWriter();
          const options = pumpOptions();
          const sending = upload(client, file);
          await receiveAll(server, writer, options);
          await sending;
          assert.equal(Buffer.compare(writer.content, file), 0);
          assert.equal(options.progress.bytes, file.length);
          assert.equal(options.digest?.digest("hex"), sha256(file));
          assert.ok(writer.mostBytes <= 4 << 20, `${writer.mostBytes} bytes under way`);
          assert.equal(transferBuffers.bytesLent, 0);
          await server.write("226");
          assert.equal(String(await client.read()), "226");
        }, isSecure),
      ));
  }

  it("goes on reading while writes are under way", () =>
    withPair(async (client, server) => {
      const writer = new SlowWriter();
      let release = (): void => {};
      const gate = new Promise<void>((resolve) => (release = resolve));
      writer.delay = () => gate;
      const receiving = receiveAll(server, writer, pumpOptions());
      const sending = upload(client, noise(10_000_000));
      await until(() => writer.mostWrites >= 3);
      release();
      await Promise.all([receiving, sending]);
      assert.equal(writer.content.length, 10_000_000);
    }));

  it("makes the client wait while the storage is slow", () =>
    withPair(async (client, server) => {
      const writer = new SlowWriter();
      let release = (): void => {};
      const gate = new Promise<void>((resolve) => (release = resolve));
      writer.delay = () => gate;
      const receiving = receiveAll(server, writer, pumpOptions());
      const sending = upload(client, noise(30_000_000));
      await until(() => client.bytesQueued > 0 && writer.mostWrites >= 3);
      for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
      assert.ok(server.bytesRead <= 5 << 20, `${server.bytesRead} bytes read`);
      release();
      await Promise.all([receiving, sending]);
      assert.equal(writer.content.length, 30_000_000);
    }));

  it("writes in bulk at once where the storage does, and lends no buffer for it", () =>
    withPair(async (client, server) => {
      const file = noise(20_000_000);
      const writer = new QuickWriter();
      let mostLent = 0;
      writer.onTry = () => (mostLent = Math.max(mostLent, transferBuffers.bytesLent));
      const options = pumpOptions();
      await Promise.all([upload(client, file), receiveAll(server, writer, options)]);
      assert.equal(Buffer.compare(writer.content, file), 0);
      assert.equal(options.progress.bytes, file.length);
      assert.equal(options.digest?.digest("hex"), sha256(file));
      assert.equal(mostLent, 0);
      assert.ok(writer.later.length <= 1, `${writer.later.length} pieces were not written at once`);
      assert.ok(Math.max(...writer.atOnce) > 65_536, `${Math.max(...writer.atOnce)} bytes at once`);
    }));

  it("keeps the bytes of uploads apart that are written at once side by side", async () => {
    const files = [1, 2, 3].map((seed) => noise(10_000_000).map((byte) => byte ^ seed));
    await Promise.all(
      files.map((file) =>
        withPair(async (client, server) => {
          const writer = new QuickWriter();
          await Promise.all([upload(client, file), receiveAll(server, writer, pumpOptions())]);
          assert.equal(Buffer.compare(writer.content, file), 0);
        }),
      ),
    );
  });

  it("gives the turn back behind a MiB or two that was written at once", () =>
    withPair(async (client, server) => {
      const writer = new QuickWriter();
      let turn = 0;
      let most = 0;
      const inTurn = new Map<number, number>();
      writer.onTry = () => {
        if (inTurn.has(turn)) return;
        inTurn.set(turn, writer.content.byteLength);
        setImmediate(() => {
          most = Math.max(most, writer.content.byteLength - (inTurn.get(turn) ?? 0));
          turn += 1;
        });
      };
      await Promise.all([upload(client, noise(30_000_000)), receiveAll(server, writer, pumpOptions())]);
      assert.equal(writer.content.byteLength, 30_000_000);
      assert.ok(most <= 2 << 20, `${most} bytes in one turn`);
    }));

  it("goes on with writes under way when the storage becomes slow, and at once when it is quick again", () =>
    withPair(async (client, server) => {
      const file = noise(40_000_000);
      const writer = new QuickWriter();
      let tries = 0;
      let wasSlow = 0;
      writer.onTry = () => {
        tries += 1;
        if (tries !== 5) return;
        writer.isPrompt = false;
        wasSlow = writer.content.byteLength;
      };
      const write = writer.write.bind(writer);
      writer.write = async (data) => {
        const writing = write(data);
        if (writer.later.length === 6) writer.isPrompt = true;
        await writing;
      };
      await Promise.all([upload(client, file), receiveAll(server, writer, pumpOptions())]);
      assert.equal(Buffer.compare(writer.content, file), 0);
      assert.ok(wasSlow > 0 && writer.later.length >= 6 && tries > 5);
      assert.equal(transferBuffers.bytesLent, 0);
    }));

  it("gathers what comes in small pieces before it is written, though the storage writes at once", () =>
    withPair(async (client, server) => {
      const writer = new QuickWriter();
      const receiving = receiveAll(server, writer, pumpOptions());
      const piece = noise(10_000);
      for (let i = 1; i <= 30; i += 1) {
        await client.write(piece);
        while (server.bytesRead < i * piece.length) await new Promise(setImmediate);
      }
      await client.closeWrite();
      await receiving;
      assert.equal(writer.content.byteLength, 300_000);
      const count = writer.atOnce.length + writer.later.length;
      assert.ok(count < 15, `${count} writes`);
    }));

  it("rejects with what a write at once throws, while the client goes on", () =>
    withPair(async (client, server) => {
      const failure = new StorageError("no-space", "/file");
      const writer = new QuickWriter();
      let tries = 0;
      writer.onTry = () => {
        tries += 1;
        if (tries === 3) throw failure;
      };
      void client.write(noise(20_000_000)).catch(() => {});
      await assert.rejects(receiveAll(server, writer, pumpOptions()), failure);
      assert.equal(tries, 3);
      assert.equal(transferBuffers.bytesLent, 0);
    }));

  it("takes a small file with one write and no large buffer", () =>
    withPair(async (client, server) => {
      const writer = new SlowWriter();
      const receiving = receiveAll(server, writer, pumpOptions());
      await client.write(noise(1024));
      await until(() => writer.pieces.length === 1);
      assert.equal(transferBuffers.bytesLent, 0);
      await client.closeWrite();
      await receiving;
      assert.deepEqual(writer.pieces, [noise(1024)]);
    }));

  it("takes an empty file without a write", () =>
    withPair(async (client, server) => {
      const writer = new SlowWriter();
      await client.closeWrite();
      await receiveAll(server, writer, pumpOptions());
      assert.equal(writer.pieces.length, 0);
    }));

  it("writes what came and holds no buffer while nothing comes, then goes on", async (test) => {
    const clock = fakeClock(test);
    await withPair(async (client, server) => {
      const file = noise(1_300_000);
      const writer = new SlowWriter();
      const receiving = receiveAll(server, writer, pumpOptions());
      await client.write(file.subarray(0, 600_000));
      while (server.bytesRead < 600_000) await new Promise(setImmediate);
      assert.ok(transferBuffers.bytesLent > 0);
      await clock.advance(300, 100);
      assert.equal(transferBuffers.bytesLent, 0);
      assert.equal(writer.content.length, 600_000);
      await upload(client, file.subarray(600_000));
      await receiving;
      assert.equal(Buffer.compare(writer.content, file), 0);
      assert.equal(transferBuffers.bytesLent, 0);
    });
  });

  it("rejects at once with what a write rejects with, though the client goes on and other writes hang", async () => {
    for (const form of [{}, { type: "A" as const }, { mode: "Z" as const }]) {
      await withPair(async (client, server) => {
        const failure = new StorageError("no-space", "/file");
        let count = 0;
        const writer = new SlowWriter();
        writer.write = () => {
          count += 1;
          return count === 2 ? Promise.reject(failure) : new Promise(() => {});
        };
        const file = noise(4_000_000);
        const receiving = receiveAll(server, writer, pumpOptions(form));
        void client.write(form.mode === "Z" ? deflateSync(file) : file).catch(() => {});
        await assert.rejects(receiving, failure);
      });
    }
  });

  it("rejects at once with what a write rejects with while the client is silent", () =>
    withPair(async (client, server) => {
      const failure = new StorageError("over-quota", "/file");
      const writer = new SlowWriter();
      writer.write = () => Promise.reject(failure);
      const receiving = receiveAll(server, writer, pumpOptions());
      await client.write("x");
      await assert.rejects(receiving, failure);
    }));

  it("rejects with the reason when aborted, and lends a buffer again only when its write is through", async () => {
    for (const isSecure of [false, true]) {
      await withPair(async (client, server) => {
        const reason = new Error("ABOR");
        const options = pumpOptions();
        const writer = new SlowWriter();
        let release = (): void => {};
        const gate = new Promise<void>((resolve) => (release = resolve));
        writer.delay = () => gate;
        const before = transferBuffers.bytesLent;
        const receiving = receiveAll(server, writer, options);
        const file = noise(20_000_000);
        void client.write(file).catch(() => {});
        await until(() => writer.mostWrites >= 3);
        options.abort.abort(reason);
        await assert.rejects(receiving, reason);
        assert.ok(transferBuffers.bytesLent > before);
        release();
        await until(() => transferBuffers.bytesLent === before);
        const written = writer.content;
        assert.equal(Buffer.compare(written, file.subarray(0, written.length)), 0);
        await assert.rejects(receiveAll(server, writer, options), reason);
      }, isSecure);
    }
  });

  it("writes what had arrived when the connection breaks, then rejects", () =>
    withPair(async (client, server) => {
      const file = noise(700_000);
      const writer = new SlowWriter();
      const options = pumpOptions();
      const receiving = receiveAll(server, writer, options);
      await client.write(file);
      await until(() => server.bytesRead === file.length);
      client.abort();
      await assert.rejects(receiving, BrokenError);
      assert.equal(Buffer.compare(writer.content, file), 0);
      assert.equal(transferBuffers.bytesLent, 0);
    }));

  it("keeps to the rate, also under TLS", async (test) => {
    const clock = fakeClock(test);
    for (const isSecure of [false, true]) {
      await withPair(async (client, server) => {
        const options = pumpOptions({}, 1_000_000);
        const sending = upload(client, noise(3_000_000));
        let isDone = false;
        const receiving = receiveAll(server, new SlowWriter(), options).then(() => (isDone = true));
        await clock.advance(1000, 10);
        const { bytes } = options.progress;
        assert.ok(Math.abs(bytes - 1_000_000) <= 100_000, `${bytes} bytes after a second`);
        await clock.advance(1800, 10);
        assert.equal(isDone, false);
        await clock.advance(400, 10);
        assert.equal(isDone, true);
        await Promise.all([sending, receiving]);
      }, isSecure);
    }
  });

  it("stores what sendAll has converted, in each form, however it is cut", () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({
          type: fc.constantFrom("A" as const, "I" as const),
          mode: fc.constantFrom("S" as const, "Z" as const),
        }),
        fc.array(fc.constantFrom("a", "\n", "word ", "\u20ac\n\n"), { maxLength: 40 }),
        fc.integer({ min: 1, max: 20_000 }),
        fc.integer({ min: 1, max: 70_000 }),
        async (form, words, repeats, size) => {
          const file = Buffer.from(words.join("").repeat(1 + Math.floor(repeats / (words.length + 1))));
          await withPair(async (client, server) => {
            const writer = new SlowWriter();
            const [out, into] = [pumpOptions(form), pumpOptions(form)];
            const sending = sendAll(client, lent(file, size), out).then(() => client.closeWrite());
            await Promise.all([receiveAll(server, writer, into), sending]);
            assert.equal(Buffer.compare(writer.content, file), 0);
            assert.equal(out.progress.bytes, file.length);
            assert.equal(into.progress.bytes, file.length);
            assert.equal(into.digest?.digest("hex"), sha256(file));
          });
        },
      ),
      { numRuns: 40 },
    ));

  it("answers damaged, short and overlong compressed data with 451, and has written what came before", async () => {
    const file = Buffer.from("some text that can be told\n".repeat(20_000));
    const whole = deflateSync(file);
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, whole.length / 2);
    const cases = [
      damaged,
      whole.subarray(0, -5),
      Buffer.concat([whole, Buffer.from("more")]),
      Buffer.from("plain text"),
    ];
    for (const stream of cases) {
      await withPair(async (client, server) => {
        const writer = new SlowWriter();
        const sending = upload(client, stream).catch(() => {});
        await assert.rejects(receiveAll(server, writer, pumpOptions({ mode: "Z" })), (error) => {
          return error instanceof ReplyError && error.reply.code === 451;
        });
        // Of bytes that are damaged the library may make something before it notices.
        const length = Math.min(writer.content.length, file.length / 4);
        assert.equal(Buffer.compare(writer.content.subarray(0, length), file.subarray(0, length)), 0);
        await sending;
      });
    }
  });

  it("takes nothing at all for an empty file in MODE Z", () =>
    withPair(async (client, server) => {
      await client.closeWrite();
      const writer = new SlowWriter();
      await receiveAll(server, writer, pumpOptions({ mode: "Z" }));
      assert.equal(writer.content.length, 0);
    }));

  it("holds little of compressed data that grows beyond measure, and stops when the storage is full", () =>
    withPair(async (client, server) => {
      const bomb = deflateSync(Buffer.alloc(200_000_000));
      const full = new StorageError("no-space", "/file");
      const writer = new SlowWriter();
      const write = writer.write.bind(writer);
      let total = 0;
      writer.write = (data) => {
        total += data.byteLength;
        return total > 20_000_000 ? Promise.reject(full) : write(data);
      };
      const sending = upload(client, bomb).catch(() => {});
      await assert.rejects(receiveAll(server, writer, pumpOptions({ mode: "Z" })), full);
      assert.ok(total < 22_000_000, `${total} bytes came out`);
      assert.ok(writer.mostBytes <= 1 << 20, `${writer.mostBytes} bytes under way`);
      client.abort();
      await sending;
    }));
});
