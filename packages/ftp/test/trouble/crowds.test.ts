import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { describe, it } from "node:test";
import { measureHeap, until, withoutLeaks } from "@belfry/testkit";
import { withFtp } from "../support/with-ftp.js";

const IDLE = 1000;

describe("Many clients, and slow ones", () => {
  it(`serves one while ${IDLE} are idle, and lets all of them go`, () =>
    withoutLeaks(() =>
      withFtp({}, async ({ server, service, login }) => {
        const sockets: Socket[] = [];
        for (let at = 0; at < IDLE; at += 1) {
          const socket = connect(server.addr.port, "127.0.0.1");
          sockets.push(socket);
          await once(socket, "data");
        }
        assert.equal(service.sessions().length, IDLE);
        const probe = await login();
        assert.match(await probe.store("STOR file", "x"), /^226 /);
        assert.equal(String(await probe.fetch("RETR file")), "x");
        for (const socket of sockets) socket.resetAndDestroy();
        await until(() => service.sessions().length === 1);
      }),
    ));

  it("holds little for a client that never reads its replies, and ends it", () =>
    withFtp({ stallTimeout: 400, idleTimeout: 10_000 }, async ({ server, service }) => {
      const socket = connect(server.addr.port, "127.0.0.1").on("error", () => {});
      await once(socket, "data");
      socket.pause();
      const before = measureHeap();
      const flood = Buffer.from("HELP\r\n".repeat(10_000));
      let most = 0;
      const push = (): void => {
        if (!socket.destroyed && socket.writableLength === 0) socket.write(flood);
      };
      await until(() => {
        push();
        most = Math.max(most, server.connections()[0]?.bytesQueued ?? 0);
        return service.sessions().length === 0;
      });
      assert.ok(most < 1 << 20, `${most} bytes were queued`);
      assert.ok(measureHeap() - before < 8 << 20);
      socket.destroy();
    }));

  it("ends logins that take for ever, a byte at a time", () =>
    withFtp({ loginTimeout: 300 }, async ({ server, service, login }) => {
      const slow = Array.from({ length: 50 }, () => connect(server.addr.port, "127.0.0.1").on("error", () => {}));
      await Promise.all(slow.map((socket) => once(socket, "data")));
      const trickle = setInterval(() => {
        for (const socket of slow) socket.write("U");
      }, 20);
      try {
        const probe = await login();
        await until(() => service.sessions().length === 1);
        assert.match(await probe.say("NOOP"), /^200 /);
      } finally {
        clearInterval(trickle);
        for (const socket of slow) socket.destroy();
      }
    }));
});
