import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, it } from "node:test";
import type { ClosedEvent } from "@belfry/server";
import { certificate, transcript, until } from "@belfry/testkit";
import { memoryStorage } from "../../src/storage/memory-storage.js";
import { get, put, withFtp } from "../support/with-ftp.js";

const BIG = new Uint8Array(8 * 2 ** 20);

describe("Control", () => {
  it("answers commands in order, however they are cut into segments", async () => {
    await withFtp({}, async ({ connect: dial }) => {
      const probe = await dial();
      for (const piece of ["NO", "OP\r", "\nSYST\r\nNOO", "P\r\n"]) {
        probe.send(piece);
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.match(await probe.next(), /^200 /);
      assert.match(await probe.next(), /^215 /);
      assert.match(await probe.next(), /^200 /);
    });
  });

  it("answers every command of a long pipeline, and once each", async () => {
    await withFtp({ maxPending: 4 }, async ({ login }) => {
      const probe = await login();
      const count = 300;
      probe.send("MLST /\r\nNOOP\r\n".repeat(count));
      for (let i = 0; i < count; i++) {
        assert.match(await probe.next(), /^250 /);
        assert.match(await probe.next(), /^200 /);
      }
      assert.match(await probe.say("NOOP"), /^200 /);
    });
  });

  it("closes with 500 on a line over the limit", async () => {
    await withFtp({ maxLineLength: 200 }, async ({ connect: dial }) => {
      const probe = await dial();
      probe.send("A".repeat(5000));
      assert.match(await probe.next(), /^500 /);
      await probe.ended();
    });
  });

  it("closes without a word on HTTP", async () => {
    await withFtp({}, async ({ server }) => {
      await transcript(
        server.addr,
        `S: 220 Ready
         C: POST / HTTP/1.1
         S: EOF`,
        { lineEnd: "\r\n" },
      );
    });
  });

  it("tells a session that sends nothing for the idle timeout 421, and closes", async () => {
    await withFtp({ idleTimeout: 400 }, async ({ login, server }) => {
      const closed = new Promise<ClosedEvent>((resolve) => server.on("closed", resolve));
      const probe = await login();
      assert.match(await probe.next(), /^421 No command for/);
      await probe.ended();
      const { reason, error } = await closed;
      assert.deepEqual([reason, (error as { code: string }).code], ["idle", "ERR_IDLE_TIMEOUT"]);
      assert.equal(server.counters.service_failures_total, 0);
    });
  });

  it("counts the silence once, also behind a command that took its time", async () => {
    await withFtp({ idleTimeout: 3000 }, async ({ login }) => {
      const probe = await login();
      await probe.say("EPSV");
      const replied = performance.now();
      assert.match(await probe.next(), /^421 No command for/);
      const silence = performance.now() - replied;
      assert.ok(silence < 5500, `${Math.round(silence)} ms`);
    });
  });

  it("tells a client that does not log in in time 421, whatever it sends", async () => {
    await withFtp({ loginTimeout: 400 }, async ({ connect: dial, server }) => {
      const closed = new Promise<ClosedEvent>((resolve) => server.on("closed", resolve));
      const probe = await dial();
      assert.match(await probe.say("NOOP"), /^200 /);
      assert.match(await probe.next(), /^421 Login/);
      await probe.ended();
      assert.equal((await closed).reason, "returned");
    });
  });

  it("does not count a transfer under way as idle", async () => {
    const files = memoryStorage();
    await put(files, "/big", BIG);
    await withFtp({ idleTimeout: 120, files }, async ({ login }) => {
      const probe = await login();
      await probe.say("TYPE I");
      const data = await probe.data();
      data.pause();
      probe.send("RETR /big\r\n");
      assert.match(await probe.next(), /^150 /);
      // Three timeouts long the session says nothing, and then takes the rest.
      await once(AbortSignal.timeout(400), "abort");
      let length = 0;
      data.on("data", (bytes: Buffer) => (length += bytes.length)).resume();
      assert.match(await probe.next(), /^226 /);
      await until(() => length === BIG.length);
    });
  });

  it("answers STAT and QUIT while a transfer is under way, and closes behind its reply", async () => {
    const files = memoryStorage();
    await put(files, "/big", BIG);
    await withFtp({ files }, async ({ login }) => {
      const probe = await login();
      await probe.say("TYPE I");
      const data = await probe.data();
      data.pause();
      probe.send("RETR /big\r\n");
      assert.match(await probe.next(), /^150 /);
      assert.match(await probe.say("STAT"), /^211 /);
      probe.send("QUIT\r\n");
      assert.match(await probe.next(), /^221 /);
      data.resume();
      assert.match(await probe.next(), /^226 /);
      await probe.ended();
    });
  });

  it("answers ABOR with 426 and 226 while the reader stalls, also behind telnet's interrupt", async () => {
    const files = memoryStorage();
    await put(files, "/big", BIG);
    await withFtp({ files }, async ({ login }) => {
      const probe = await login();
      await probe.say("TYPE I");
      for (const abort of ["ABOR\r\n", "\xff\xf4\xff\xf2ABOR\r\n", "\xff\xf4\xf2ABOR\r\n"]) {
        const data = await probe.data();
        data.pause();
        probe.send("RETR /big\r\n");
        assert.match(await probe.next(), /^150 /);
        probe.send(abort);
        assert.match(await probe.next(), /^426 /);
        assert.match(await probe.next(), /^226 /);
        data.destroy();
        assert.deepEqual(await probe.fetch("RETR /big"), Buffer.from(BIG));
      }
    });
  });

  it("answers what was sent behind a transfer after it, in order", async () => {
    await withFtp({}, async ({ login, storage }) => {
      await put(storage, "/a", "hello");
      const probe = await login();
      const data = await probe.data();
      probe.send("RETR /a\r\nNOOP\r\nPWD\r\n");
      data.resume();
      const codes = await probe.codes(4);
      assert.deepEqual(codes, [150, 226, 200, 257]);
    });
  });

  it("runs what was sent ahead of QUIT in the same segment, then says goodbye", async () => {
    await withFtp({}, async ({ connect: dial, storage }) => {
      await put(storage, "/a", "hello");
      const probe = await dial();
      probe.send("USER ann\r\nPASS secret\r\nDELE /a\r\nQUIT\r\nDELE /b\r\n");
      const codes = await probe.codes(4);
      assert.deepEqual(codes, [331, 230, 250, 221]);
      await probe.ended();
      await assert.rejects(storage.stat("/a"), { code: "not-found" });
    });
  });

  it("keeps the replies in order where QUIT or STAT comes before the 150", async () => {
    await withFtp({}, async ({ login, storage }) => {
      await put(storage, "/a", "hello");
      const probe = await login();
      const data = await probe.data();
      probe.send("RETR /a\r\nSTAT\r\nQUIT\r\n");
      data.resume();
      const codes = await probe.codes(4);
      assert.deepEqual(codes, [150, 226, 211, 221]);
    });
  });

  it("sees ABOR behind hundreds of keep-alives", async () => {
    const files = memoryStorage();
    await put(files, "/big", BIG);
    await withFtp({ files }, async ({ login }) => {
      const probe = await login();
      await probe.say("TYPE I");
      const data = await probe.data();
      data.pause();
      probe.send("RETR /big\r\n");
      assert.match(await probe.next(), /^150 /);
      probe.send("NOOP\r\n".repeat(500));
      probe.send("ABOR\r\n");
      assert.match(await probe.next(), /^426 /);
      const codes = await probe.codes(501);
      assert.equal(codes.filter((code) => code === 200).length, 500);
      assert.equal(codes.filter((code) => code === 226).length, 1);
      data.destroy();
    });
  });

  it("finishes the download under way when the client ends its control connection", async () => {
    const files = memoryStorage();
    await put(files, "/big", BIG);
    await withFtp({ files }, async ({ login }) => {
      const probe = await login();
      await probe.say("TYPE I");
      const data = await probe.data();
      data.pause();
      probe.send("RETR /big\r\n");
      assert.match(await probe.next(), /^150 /);
      probe.socket.end();
      data.resume();
      assert.match(await probe.next(), /^226 /);
      await probe.ended();
    });
  });

  it("takes an upload whose client has ended its control connection for incomplete", async () => {
    await withFtp({}, async ({ login, service, storage }) => {
      const probe = await login();
      const ended = new Promise<boolean>((resolve) => service.on("upload", (event) => resolve(event.isComplete)));
      const data = await probe.data();
      probe.send("STOR /half\r\n");
      assert.match(await probe.next(), /^150 /);
      data.write("half of it");
      probe.socket.end();
      data.end();
      assert.match(await probe.next(), /^426 /);
      assert.equal(await ended, false);
      await assert.rejects(storage.stat("/half"));
    });
  });

  it("takes an upload whose client has said QUIT for complete", async () => {
    await withFtp({}, async ({ login, storage }) => {
      const probe = await login();
      const data = await probe.data();
      probe.send("STOR /whole\r\n");
      assert.match(await probe.next(), /^150 /);
      assert.match(await probe.say("QUIT"), /^221 /);
      probe.socket.end();
      data.end("all of it");
      assert.match(await probe.next(), /^226 /);
      assert.equal(await get(storage, "/whole"), "all of it");
    });
  });

  it("gives up the transfer under way when the control connection is reset", async () => {
    await withFtp({}, async ({ login, service, storage }) => {
      const probe = await login();
      const ended = new Promise<boolean>((resolve) => service.on("upload", (event) => resolve(event.isComplete)));
      const data = await probe.data();
      probe.send("STOR /half\r\n");
      assert.match(await probe.next(), /^150 /);
      data.write("half");
      probe.socket.resetAndDestroy();
      assert.equal(await ended, false);
      await assert.rejects(storage.stat("/half"));
    });
  });

  it("answers what came before a line that is too long, and closes behind that", async () => {
    await withFtp({}, async ({ connect: dial }) => {
      const probe = await dial();
      probe.send(`USER ann\r\nPASS secret\r\nNOOP\r\nNOOP\r\nCWD ${"y".repeat(9000)}\r\n`);
      for (const code of [331, 230, 200, 200, 500]) assert.match(await probe.next(), new RegExp(`^${code} `));
      await probe.ended();
    });
  });

  it("has not failed when the client goes for which a download waits", async () => {
    await withFtp({}, async ({ login, service, storage }) => {
      await put(storage, "/a", "abc");
      const failures: unknown[] = [];
      service.on("failed", ({ error }) => failures.push(error));
      const probe = await login();
      const ended = new Promise<boolean>((resolve) => service.on("download", (event) => resolve(event.isComplete)));
      await probe.say("EPSV");
      probe.send("RETR /a\r\n");
      await until(() => service.sessions().some(({ transfer }) => transfer !== null));
      probe.socket.resetAndDestroy();
      assert.equal(await ended, false);
      assert.deepEqual(failures, []);
    });
  });

  it("is cut by its server although the client has ended, with a transfer that goes nowhere", async () => {
    await withFtp({}, async ({ login, server }) => {
      const probe = await login();
      await probe.data();
      probe.send("STOR /never\r\n");
      assert.match(await probe.next(), /^150 /);
      probe.socket.end();
      assert.deepEqual(await server.shutdown({ timeout: 50 }), { drained: 0, cut: 1 });
    });
  });

  it("lets transfers end on a drain, then says 421", async () => {
    const files = memoryStorage();
    await put(files, "/big", BIG);
    await withFtp({ files }, async ({ login, server }) => {
      const busy = await login();
      const idle = await login();
      await busy.say("TYPE I");
      const data = await busy.data();
      data.pause();
      busy.send("RETR /big\r\n");
      assert.match(await busy.next(), /^150 /);
      const shutdown = server.shutdown({ timeout: 5000 });
      assert.match(await idle.next(), /^421 /);
      await idle.ended();
      data.resume();
      assert.match(await busy.next(), /^226 /);
      assert.match(await busy.next(), /^421 /);
      assert.deepEqual(await shutdown, { drained: 2, cut: 0 });
    });
  });

  it("goes over to TLS on AUTH, and never parses what was sent in the clear behind it", async () => {
    await withFtp({ tls: { credentials: certificate } }, async ({ connect: dial, server }) => {
      const probe = await dial();
      assert.match(await probe.say("AUTH TLS"), /^234 /);
      await probe.startTls({ ca: certificate.cert, servername: "localhost" });
      assert.match(await probe.say("NOOP"), /^200 /);
      assert.match(await probe.say("AUTH TLS"), /^503 /);

      const injector = connect(server.addr.port, server.addr.host);
      injector.on("error", () => {});
      let text = "";
      injector.on("data", (bytes) => (text += String(bytes)));
      injector.write("AUTH TLS\r\nNOOP\r\n");
      // By a reset, mostly.
      await new Promise((resolve) => injector.once("close", resolve));
      assert.doesNotMatch(text, /200/);
    });
  });

  it("turns away the session that is one too many with 421", async () => {
    await withFtp({ maxSessions: 3, maxSessionsPerAddress: 2 }, async ({ connect: dial, server }) => {
      const probes = [await dial(), await dial()];
      await transcript(server.addr, "S~ 421 Too many sessions from this address\nS: EOF", { lineEnd: "\r\n" });
      probes.push(await dial("127.0.0.2"));
      await transcript(server.addr, "S~ 421 Too many sessions: .*\nS: EOF", { lineEnd: "\r\n" });
      probes[0]?.send("QUIT\r\n");
      await probes[0]?.ended();
      await until(() => server.size === 2);
      const again = await dial();
      assert.match(await again.say("NOOP"), /^200 /);
    });
  });
});
