import assert from "node:assert/strict";
import * as nodeNet from "node:net";
import { describe, it } from "node:test";
import { certificate, until, withoutLeaks } from "@belfry/testkit";
import { dial } from "../src/dial.js";
import type { BrokenError } from "../src/errors.js";
import { listen } from "../src/listen.js";
import { pipe } from "../src/pipe.js";
import type { ProxyOptions } from "../src/proxy/proxy-options.js";

const { cert, key } = certificate;
const NONE = [
  [-1, RangeError, "-1"],
  [Number.NaN, RangeError, "NaN"],
  [2 ** 31, RangeError, "2147483648"],
  ["x", TypeError, '"x"'],
  [null, TypeError, "null"],
] as const;

for (const [value, kind, shown] of NONE) {
  const timeout = value as number;
  const message =
    (option: string) =>
    (error: Error): boolean =>
      error instanceof kind && error.message.startsWith(`Cannot use ${option} ${shown}: expected `);

  describe(`a timeout of ${shown}`, () => {
    it("is none for dial", () => assert.rejects(dial({ port: 1 }, { timeout }), message("timeout")));

    it("is none for a handshake, wherever it is to be done", async () => {
      const tls = { cert, key, handshakeTimeout: timeout };
      await assert.rejects(dial({ port: 1 }, { tls }), message("handshakeTimeout"));
      await assert.rejects(listen(":0", { tls }), message("handshakeTimeout"));
      const [client, server] = pipe();
      await assert.rejects(client.startTls(tls), message("handshakeTimeout"));
      await Promise.all([client.close(), server.close()]);
    });

    it("is none for a PROXY header", async () => {
      const proxy: ProxyOptions = { trust: [], timeout };
      await assert.rejects(listen(":0", { proxy }), message("proxy timeout"));
    });
  });
}

describe("a timeout of Infinity", () => {
  it("is none at all for dial, its handshake, and those of a listener", () =>
    withoutLeaks(async () => {
      const warnings: Error[] = [];
      const onWarning = (warning: Error): void => void warnings.push(warning);
      process.on("warning", onWarning);
      try {
        const endless = { timeout: Number.POSITIVE_INFINITY };
        const handshakeTimeout = Number.POSITIVE_INFINITY;
        await using listener = await listen("127.0.0.1:0", {
          tls: { cert, key, handshakeTimeout },
          proxy: { trust: ["127.0.0.1"], ...endless },
        });
        const { addr: to } = listener;
        const proxy = { localAddr: to, remoteAddr: to };
        const [conn, accepted] = await Promise.all([
          dial(to, { ...endless, proxy, tls: { ca: cert, handshakeTimeout } }),
          listener.accept(),
        ]);
        await conn.write("hello");
        assert.equal(String(await accepted.read()), "hello");
        await Promise.all([conn.close(), accepted.close()]);
      } finally {
        process.off("warning", onWarning);
      }
      assert.deepEqual(warnings, []);
    }));

  it("leaves the other limits as they are: a dial that is given up ends", async () => {
    const silent = nodeNet.createServer({ pauseOnConnect: true });
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as nodeNet.AddressInfo;
    const waiting = dial({ port }, { timeout: 20, tls: { handshakeTimeout: Number.POSITIVE_INFINITY } });
    await assert.rejects(waiting, { name: "DeadlineError" });
    silent.close();
  });
});

describe("a timeout that a function of TLS options gives", () => {
  it("costs the connection it was asked for when it is none, and the listener goes on", () =>
    withoutLeaks(async () => {
      const failures: BrokenError[] = [];
      let handshakeTimeout = -1;
      await using listener = await listen("127.0.0.1:0", {
        tls: () => ({ cert, key, handshakeTimeout }),
        onHandshakeFailed: (error) => failures.push(error),
      });
      await assert.rejects(dial(listener.addr, { tls: { ca: cert } }));
      await until(() => failures.length === 1);
      assert.match(String(failures[0]?.cause), /^RangeError: Cannot use handshakeTimeout -1/);
      handshakeTimeout = 60_000;
      const [conn, accepted] = await Promise.all([dial(listener.addr, { tls: { ca: cert } }), listener.accept()]);
      await Promise.all([conn.close(), accepted.close()]);
    }));
});
