import { certificate } from "@belfry/testkit";
import assert from "node:assert/strict";
import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import { describe, it } from "node:test";
import * as tls from "node:tls";
import type { TransferEvent } from "../src/events.js";
import type { FtpTlsOptions } from "../src/options.js";
import { memoryStorage } from "../src/storage/memory-storage.js";
import type { Authenticate } from "../src/users/account.js";
import { Probe } from "./support/probe.js";
import { TlsProbe } from "./support/tls-probe.js";
import { get, put, type Running, withFtp } from "./support/with-ftp.js";

const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;
const DATA = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7 + (at >> 8)) & 0xff));

/** Serves with TLS while `body` runs. */
function withFtps(options: Partial<FtpTlsOptions>, body: (running: Running) => Promise<void>): Promise<void> {
  return withFtp({ tls: { credentials: certificate, ...options } }, body);
}

async function login({ connect }: Running, options: tls.ConnectionOptions = {}): Promise<TlsProbe> {
  const client = await TlsProbe.secure(await connect(), options);
  await client.probe.login("ann", "secret");
  await client.probe.say("TYPE I");
  return client;
}

for (const version of VERSIONS) {
  const only = { minVersion: version, maxVersion: version };

  describe(`ftp with ${version}`, () => {
    it("takes and gives files exactly", () =>
      withFtps({ require: "data" }, async (running) => {
        const client = await login(running, only);
        assert.match(await client.store("STOR a", DATA), /^226 /);
        assert.ok((await client.fetch("RETR a")).equals(DATA));
      }));

    it("keeps the old file when an upload ends with a bare FIN, and says that it is incomplete", () =>
      withFtps({}, async (running) => {
        await put(running.storage, "/a", "old");
        const events: TransferEvent[] = [];
        running.service.on("upload", (event) => events.push(event));
        const client = await login(running, only);
        const socket = await client.probe.data();
        client.probe.send("STOR a\r\n");
        const data = tls.connect({ socket, ca: certificate.cert, checkServerIdentity: () => undefined, ...only });
        await once(data, "secureConnect");
        await client.probe.next();
        await new Promise((resolve) => data.write("new, cut", resolve));
        // Below TLS: FIN without close_notify, as by somebody on the way.
        socket.end();
        assert.match(await client.probe.next(), /^426 /);
        assert.equal(await get(running.storage, "/a"), "old");
        assert.deepEqual(
          events.map(({ isComplete, path }) => ({ isComplete, path })),
          [{ isComplete: false, path: "/a" }],
        );
        assert.match(await client.store("STOR a", "new, whole"), /^226 /);
        assert.equal(await get(running.storage, "/a"), "new, whole");
      }));

    it("stops a transfer whose reader stalls at a telnet-escaped ABOR, 426 and 226, and the next is exact", () =>
      withFtps({}, async (running) => {
        await put(running.storage, "/big", Buffer.alloc(32 << 20, "x"));
        await put(running.storage, "/a", DATA);
        const client = await login(running, only);
        const data = await client.open("RETR big");
        await once(data, "secureConnect");
        assert.match(await client.probe.next(), /^150 /);
        data.pause();
        const began = Date.now();
        client.probe.send("\xff\xf4\xff\xf2ABOR\r\n");
        assert.match(await client.probe.next(), /^426 /);
        assert.match(await client.probe.next(), /^226 /);
        assert.ok(Date.now() - began < 2000);
        data.destroy();
        assert.ok((await client.fetch("RETR a")).equals(DATA));
      }));
  });

  describe(`ftp with requireSessionReuse and ${version}`, () => {
    it("gives a client with another session's ticket, or with none, no byte", () =>
      withFtps({ requireSessionReuse: true }, async (running) => {
        await put(running.storage, "/a", DATA);
        for (const whose of ["another", "none"]) {
          const thief = await login(running, only);
          const client = await login(running, only);
          const data = await client.open("RETR a", whose === "none" ? null : (thief.session ?? null));
          let received = 0;
          data.on("data", (chunk: Buffer) => (received += chunk.length));
          assert.match(await client.probe.next(), /^150 /);
          assert.match(await client.probe.next(), /^522 /);
          await over(data);
          assert.equal(received, 0, whose);
        }
      }));

    it("does not let somebody in with the ticket of the handshake in which they were refused", () =>
      withFtps({ requireSessionReuse: true }, async (running) => {
        await put(running.storage, "/a", DATA);
        const client = await login(running, only);
        let ticket: Buffer | undefined;
        const refused = await client.open("RETR a", null);
        refused.on("session", (session) => (ticket = session));
        refused.resume();
        assert.match(await client.probe.next(), /^150 /);
        assert.match(await client.probe.next(), /^522 /);
        await over(refused);
        const again = await client.open("RETR a", ticket ?? null);
        let received = 0;
        again.on("data", (chunk: Buffer) => (received += chunk.length));
        assert.match(await client.probe.next(), /^150 /);
        assert.match(await client.probe.next(), /^522 /);
        assert.equal(received, 0);
      }));

    it("serves a client that uses each ticket once", () =>
      withFtps({ requireSessionReuse: true }, async (running) => {
        await put(running.storage, "/a", DATA);
        const client = await login(running, only);
        let session = client.session ?? null;
        for (let i = 0; i < 3; i += 1) {
          const data = await client.open("RETR a", session);
          data.on("session", (fresh) => (session = fresh));
          let received = 0;
          data.on("data", (chunk: Buffer) => (received += chunk.length));
          await once(data, "end");
          assert.match(await client.probe.next(), /^150 /);
          assert.match(await client.probe.next(), /^226 /);
          assert.equal(received, DATA.length);
        }
      }));
  });
}

describe("ftp with requireSessionReuse", () => {
  it("serves a client that takes no tickets, by the id of its session", () =>
    withFtps({ requireSessionReuse: true }, async (running) => {
      await put(running.storage, "/a", DATA);
      const { SSL_OP_NO_TICKET } = (await import("node:crypto")).constants;
      const secureContext = tls.createSecureContext({
        ca: certificate.cert,
        maxVersion: "TLSv1.2",
        secureOptions: SSL_OP_NO_TICKET,
      });
      const client = await login(running, { secureContext });
      for (let i = 0; i < 2; i += 1) assert.ok((await client.fetch("RETR a")).equals(DATA));
      await assert.rejects(client.fetch("RETR a", null), /522/);
    }));
});

describe("AUTH", () => {
  for (const injected of ["NOOP\r\n", "USER ann\r\nPASS secret\r\n", "NO", "\r\n"]) {
    it(`drops a client with ${JSON.stringify(injected)} in the clear behind it, and never answers that`, () =>
      withFtps({}, async ({ connect }) => {
        const probe = await connect();
        probe.send(`AUTH TLS\r\n${injected}`);
        assert.match(await probe.next(), /^234 /);
        await assert.rejects(TlsProbe.secureAtOnce(probe), /disconnected|ECONNRESET|EPIPE|hang up|closed/i);
      }));
  }

  it("takes what comes in the clear after its reply for a broken handshake", () =>
    withFtps({}, async ({ connect }) => {
      const probe = await connect();
      await probe.say("AUTH TLS");
      probe.send("NOOP\r\n");
      await probe.ended();
      await assert.rejects(probe.reply(), /no reply: the server has ended the connection/);
    }));

  it("forgets who was logged in and what was set", () =>
    withFtps({}, async ({ login: loginInTheClear }) => {
      const probe = await loginInTheClear();
      await TlsProbe.secure(probe);
      assert.match(await probe.say("PWD"), /^530 /);
      assert.match(await probe.say("AUTH TLS"), /^503 /);
    }));

  it("is all that there is where the login must be under TLS", () =>
    withFtps({ require: "login" }, async (running) => {
      const probe = await running.connect();
      assert.match(await probe.say("USER ann"), /^5\d\d /);
      assert.match(await probe.say("PASS secret"), /^5\d\d /);
      await put(running.storage, "/a", DATA);
      const client = await login(running);
      assert.match(await client.probe.say("PROT C"), /^200 /);
      assert.ok((await client.probe.fetch("RETR a")).equals(DATA));
    }));

  it("goes with 521 for data in the clear where data must be under TLS", () =>
    withFtps({ require: "data" }, async (running) => {
      const { connect } = running;
      const client = await TlsProbe.secureAtOnce(await authed(connect));
      await client.probe.login("ann", "secret");
      await client.probe.passivePort();
      assert.match(await client.probe.say("LIST"), /^521 /);
      await client.probe.say("PBSZ 0");
      assert.match(await client.probe.say("PROT C"), /^534 /);
    }));
});

describe("ftp with implicit TLS", () => {
  it("greets under TLS, with data connections under TLS from the start", () =>
    withFtps({ isImplicit: true }, async ({ server, storage }) => {
      await put(storage, "/a", DATA);
      const probe = await Probe.dial(server.addr);
      try {
        const client = await TlsProbe.secureAtOnce(probe);
        assert.match(await probe.next(), /^220 /);
        await probe.login("ann", "secret");
        await probe.say("TYPE I");
        assert.ok((await client.fetch("RETR a")).equals(DATA));
        assert.match(await probe.say("AUTH TLS"), /^503 /);
      } finally {
        probe.close();
      }
    }));

  it("answers nothing in the clear", () =>
    withFtps({ isImplicit: true }, async ({ server }) => {
      const probe = await Probe.dial(server.addr);
      probe.send("USER ann\r\n");
      await probe.ended();
      await assert.rejects(probe.reply(), /after ""|no reply/);
      probe.close();
    }));
});

describe("ftp with client certificates", () => {
  it("shows them to authenticate, wants none on data connections, and drops who has none", () => {
    const { cert: ca, key } = certificate;
    const storage = memoryStorage();
    const names: string[] = [];
    const authenticate: Authenticate = ({ certificate: shown }) => {
      names.push(String(shown?.subject.CN));
      return { name: "ann", storage };
    };
    const credentials = { cert: ca, key, ca, requestCert: true };
    return withFtp({ tls: { credentials }, authenticate }, async (running) => {
      await put(storage, "/a", DATA);
      const client = await login(running, { cert: ca, key });
      assert.deepEqual(names, ["localhost"]);
      const data = await client.probe.data();
      client.probe.send("RETR a\r\n");
      const bare = tls.connect({ socket: data, ca, checkServerIdentity: () => undefined });
      assert.ok((await buffer(bare)).equals(DATA));
      const stranger = await authed(running.connect);
      // Under TLS 1.3 the client's side of the handshake is over before the server has looked at the certificate.
      await TlsProbe.secureAtOnce(stranger).catch(() => {});
      await stranger.ended();
      await assert.rejects(stranger.reply(), /no reply/);
    });
  });
});

/** A client whose AUTH TLS was answered. */
async function authed(connect: Running["connect"]): Promise<Probe> {
  const probe = await connect();
  await probe.say("AUTH TLS");
  return probe;
}

/** Resolves when the server has ended a data connection, in whatever way. */
async function over(data: tls.TLSSocket): Promise<void> {
  if (data.closed || data.readableEnded) return;
  await new Promise((resolve) => data.once("end", resolve).once("close", resolve));
  data.destroy();
}
