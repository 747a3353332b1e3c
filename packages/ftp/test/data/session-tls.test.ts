import { listen } from "@belfry/net";
import type { Conn, StartTlsOptions, TlsServerOptions } from "@belfry/net";
import { certificate, until, withoutLeaks } from "@belfry/testkit";
import assert from "node:assert/strict";
import { once } from "node:events";
import * as nodeNet from "node:net";
import { describe, it } from "node:test";
import * as tls from "node:tls";
import { Cancellation } from "../../src/data/cancellation.js";
import type { OpenOptions } from "../../src/data/data-channel.js";
import { createSessionTls } from "../../src/data/session-tls.js";
import type { SessionTls } from "../../src/data/session-tls.js";
import type { FtpTlsOptions } from "../../src/options.js";
import { ReplyError } from "../../src/protocol/reply.js";
import { connectTo, makeChannel, startConnecting, withChannel } from "./channel-kit.js";

const { cert, key } = certificate;

type Version = "TLSv1.2" | "TLSv1.3";

const VERSIONS: readonly Version[] = ["TLSv1.2", "TLSv1.3"];

const ON_DATA: OpenOptions = { cancellation: new Cancellation(), isProtected: true, isUpload: false };

for (const version of VERSIONS) {
  describe(`SessionTls with requireSessionReuse and ${version}`, () => {
    it("takes data connections that resume the session of their control connection", () =>
      withoutLeaks(async () => {
        const session = makeTls({ requireSessionReuse: true });
        const ticket = await ticketOf(session, version);
        await withChannel({ tls: session }, async (channel) => {
          for (let i = 0; i < 3; i += 1) {
            const target = await channel.listen("ipv4");
            const client = await secured(target, version, ticket);
            const conn = await channel.open(ON_DATA);
            assert.equal(client.isSessionReused(), true);
            assert.equal(await said(conn, client, "secret"), "secret");
          }
        });
      }));

    it("takes the right ones also after one that it refused", () =>
      withoutLeaks(async () => {
        const session = makeTls({ requireSessionReuse: true });
        const ticket = await ticketOf(session, version);
        await withChannel({ tls: session }, async (channel) => {
          for (let i = 0; i < 2; i += 1) {
            const stranger = await secured(await channel.listen("ipv4"), version);
            await assert.rejects(channel.open(ON_DATA), isReply(522));
            stranger.destroy();
            const client = await secured(await channel.listen("ipv4"), version, ticket);
            assert.equal(await said(await channel.open(ON_DATA), client, "secret"), "secret");
          }
        });
      }));

    it("takes no ticket that a data connection was given which it refused", async () => {
      const session = makeTls({ requireSessionReuse: true });
      await ticketOf(session, version);
      const stolen = await onData(session, version);
      assert.equal(stolen.isAdmitted, false);
      const next = await onData(session, version, stolen.ticket);
      assert.deepEqual([next.isReused, next.isAdmitted], [false, false]);
    });

    it("takes no ticket of a handshake that was never asked about", async () => {
      const session = makeTls({ requireSessionReuse: true });
      await ticketOf(session, version);
      const options = session.forData(false);
      const { ticket } = await shakeHands(options, version);
      assert.equal((await onData(session, version, ticket)).isAdmitted, false);
    });

    it("gives each data connection a ticket for the next", async () => {
      const session = makeTls({ requireSessionReuse: true });
      const first = await ticketOf(session, version);
      let ticket = first;
      for (let i = 0; i < 40; i += 1) {
        const next = await onData(session, version, ticket);
        assert.equal(next.isAdmitted, true);
        assert.notDeepEqual(next.ticket, ticket);
        ticket = next.ticket;
      }
      assert.equal((await onData(session, version, first)).isAdmitted, true, "the control connection's own stays good");
    });

    for (const whose of ["another session's ticket", "no ticket"]) {
      it(`says 522 to a client with ${whose}, and sends it no byte`, () =>
        withoutLeaks(async () => {
          const session = makeTls({ requireSessionReuse: true });
          await ticketOf(session, version);
          const other = makeTls({ requireSessionReuse: true });
          const ticket = whose === "no ticket" ? undefined : await ticketOf(other, version);
          await withChannel({ tls: session }, async (channel) => {
            const target = await channel.listen("ipv4");
            const client = startSecuring(await connectTo(target), version, ticket);
            let received = 0;
            client.on("data", (chunk: Buffer) => (received += chunk.length));
            const closed = new Promise((resolve) => client.once("close", resolve));
            await assert.rejects(channel.open(ON_DATA), isReply(522));
            await closed;
            assert.equal(received, 0);
          });
        }));
    }
  });

  describe(`SessionTls with ${version}`, () => {
    it("lets clients resume the session or not, where that is not required", async () => {
      const options: Partial<FtpTlsOptions> = {};
      const session = makeTls(options);
      const ticket = await ticketOf(session, version);
      await withChannel({ tls: session }, async (channel) => {
        for (const given of [ticket, undefined]) {
          const client = await secured(await channel.listen("ipv4"), version, given);
          const conn = await channel.open(ON_DATA);
          assert.equal(client.isSessionReused(), given !== undefined);
          assert.equal(await said(conn, client, "secret"), "secret");
        }
      });
    });

    it("breaks an upload that ends without close_notify, and no download", async () => {
      for (const isUpload of [true, false]) {
        await withChannel({ tls: makeTls({}) }, async (channel) => {
          const raw = await connectTo(await channel.listen("ipv4"));
          const client = startSecuring(raw, version);
          const [conn] = await Promise.all([channel.open({ ...ON_DATA, isUpload }), once(client, "secureConnect")]);
          await new Promise((resolve) => client.write("half", resolve));
          raw.end();
          assert.equal(String(await conn.read()), "half");
          if (isUpload) await assert.rejects(conn.read(), { name: "BrokenError", message: /close_notify/ });
          else assert.equal(await conn.read(), null);
          conn.abort();
          client.destroy();
        });
      }
    });

    it("takes an upload that ends with close_notify, also of no byte", async () => {
      for (const text of ["", "whole"]) {
        await withChannel({ tls: makeTls({}) }, async (channel) => {
          const client = await secured(await channel.listen("ipv4"), version);
          const opening = channel.open({ ...ON_DATA, isUpload: true });
          const [conn] = await Promise.all([opening, once(client, "secureConnect")]);
          client.removeAllListeners("end").end(text);
          if (text !== "") assert.equal(String(await conn.read()), text);
          assert.equal(await conn.read(), null);
          conn.abort();
          client.destroy();
        });
      }
    });
  });
}

describe("SessionTls on data connections", () => {
  it("is the server's side in active mode too", () =>
    withChannel({ tls: makeTls({}) }, async (channel) => {
      const server = nodeNet.createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      channel.dialLater({ host: "127.0.0.1", port: (server.address() as nodeNet.AddressInfo).port });
      const arrived = once(server, "connection") as Promise<[nodeNet.Socket]>;
      const opening = channel.open(ON_DATA);
      const [raw] = await arrived;
      const client = startSecuring(raw, "TLSv1.3");
      assert.equal(await said(await opening, client, "secret"), "secret");
      server.close();
    }));

  it("finds a handshake that the client has begun early", () =>
    withChannel({ tls: makeTls({}) }, async (channel) => {
      const raw = await connectTo(await channel.listen("ipv4"));
      const client = startSecuring(raw, "TLSv1.3");
      await until(() => raw.bytesWritten > 0);
      for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
      assert.equal(await said(await channel.open(ON_DATA), client, "secret"), "secret");
    }));

  it("says 522 to a client that speaks no TLS, and drops it", () =>
    withoutLeaks(() =>
      withChannel({ tls: makeTls({}) }, async (channel) => {
        const client = await connectTo(await channel.listen("ipv4"));
        client.write("this is no ClientHello\r\n\r\n");
        const closed = new Promise((resolve) => client.once("close", resolve));
        await assert.rejects(channel.open(ON_DATA), isReply(522));
        client.end();
        await closed;
      }),
    ));

  it("says 522 when the handshake takes too long", () =>
    withoutLeaks(() =>
      withChannel({ tls: makeTls({ credentials: { cert, key, handshakeTimeout: 20 } }) }, async (channel) => {
        const client = startConnecting(await channel.listen("ipv4"), "127.0.0.1");
        await assert.rejects(channel.open(ON_DATA), isReply(522));
        client.destroy();
      }),
    ));

  it("gives the handshake up with the reason it is cancelled for", () =>
    withoutLeaks(() =>
      withChannel({ tls: makeTls({}) }, async (channel) => {
        const client = await connectTo(await channel.listen("ipv4"));
        const cancellation = new Cancellation();
        const opening = channel.open({ ...ON_DATA, cancellation });
        for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
        cancellation.cancel(new Error("ABOR"));
        await assert.rejects(opening, { message: "ABOR" });
        await once(client, "end");
        client.destroy();
      }),
    ));

  it("cannot be had where the session has none", () =>
    withChannel({}, async (channel) => {
      const client = startConnecting(await channel.listen("ipv4"), "127.0.0.1");
      await assert.rejects(channel.open(ON_DATA), TypeError);
      client.destroy();
    }));

  it("costs nothing until it is used", async () => {
    const session = createSessionTls({
      ...DEFAULTS,
      credentials: () => assert.fail("asked for without need"),
    });
    await makeChannel({ tls: session }).close();
  });
});

describe("SessionTls.forControl()", () => {
  it("asks for the credentials once a session, so that new sessions use a new certificate", () => {
    let asked = 0;
    const options = { ...DEFAULTS, credentials: () => ((asked += 1), { cert, key }) };
    const session = createSessionTls(options);
    const first = session.forControl();
    assert.equal(session.forControl().secureContext, first.secureContext);
    assert.equal(session.forData(false).secureContext, first.secureContext);
    assert.equal(asked, 1);
    assert.notEqual(createSessionTls(options).forControl().secureContext, first.secureContext);
    assert.equal(asked, 2);
  });

  it("shares one context among sessions with the same credentials, unless each is to have its own", () => {
    const contextOf = (options: FtpTlsOptions): unknown =>
      createSessionTls({ ...DEFAULTS, ...options }).forControl().secureContext;
    const credentials = { cert, key };
    assert.equal(contextOf({ credentials }), contextOf({ credentials }));
    assert.notEqual(
      contextOf({ credentials, requireSessionReuse: true }),
      contextOf({ credentials, requireSessionReuse: true }),
    );
  });

  it("keeps client certificates to the control connection", () => {
    const session = makeTls({ credentials: { cert, key, ca: cert, requestCert: true, alpnProtocols: ["ftp"] } });
    const { isServer, requestCert, alpnProtocols } = session.forControl() as TlsServerOptions & { isServer?: boolean };
    assert.deepEqual(
      { isServer, requestCert, alpnProtocols },
      { isServer: true, requestCert: true, alpnProtocols: ["ftp"] },
    );
    assert.deepEqual(Object.keys(session.forData(true)).sort(), ["isServer", "requireCloseNotify", "secureContext"]);
  });

  it("refuses a context made beforehand where each session is to have its own", () => {
    const credentials = { secureContext: tls.createSecureContext({ cert, key }) };
    assert.equal(makeTls({ credentials }).forControl().secureContext, credentials.secureContext);
    assert.throws(() => makeTls({ credentials, requireSessionReuse: true }).forControl(), {
      name: "TypeError",
      message: "Cannot require session reuse with a secureContext made beforehand: expected cert and key",
    });
  });
});

const DEFAULTS: Required<FtpTlsOptions> = {
  credentials: { cert, key },
  require: "none",
  isImplicit: false,
  requireSessionReuse: false,
  requireCloseNotify: true,
};

function makeTls(options: Partial<FtpTlsOptions>): SessionTls {
  return createSessionTls({ ...DEFAULTS, ...options });
}

function isReply(code: number): (error: unknown) => boolean {
  return (error) => error instanceof ReplyError && error.reply.code === code;
}

/** The session ticket that a client gets on a control connection under `session`. */
async function ticketOf(session: SessionTls, version: Version): Promise<Buffer> {
  return (await shakeHands(session.forControl(), version)).ticket;
}

/** A data connection under `session` that resumes what `ticket` is of, and what becomes of it. */
async function onData(
  session: SessionTls,
  version: Version,
  ticket?: Buffer,
): Promise<{ ticket: Buffer; isReused: boolean; isAdmitted: boolean }> {
  const shaken = await shakeHands(session.forData(false), version, ticket);
  return { ...shaken, isAdmitted: session.admits(shaken.isReused) };
}

/** A handshake, and the ticket the client is given with it. */
async function shakeHands(
  options: StartTlsOptions,
  version: Version,
  offered?: Buffer,
): Promise<{ ticket: Buffer; isReused: boolean }> {
  const listener = await listen("127.0.0.1:0");
  const [raw, accepted] = await Promise.all([connectTo(listener.addr), listener.accept()]);
  const client = startSecuring(raw, version, offered);
  // Of a session that is resumed, TLS 1.2 does not tell the new ticket; under TLS 1.3 it comes behind the handshake.
  const told = once(client, version === "TLSv1.2" ? "secureConnect" : "session");
  const conn = await accepted.startTls(options);
  await told;
  const ticket = client.getSession() as Buffer;
  client.destroy();
  await Promise.all([conn.close(), listener.close()]);
  return { ticket, isReused: conn.tls?.isSessionReused === true };
}

async function secured(
  target: { host: string; port: number },
  version: Version,
  session?: Buffer,
): Promise<tls.TLSSocket> {
  return startSecuring(await connectTo(target), version, session);
}

function startSecuring(socket: nodeNet.Socket, version: Version, session?: Buffer): tls.TLSSocket {
  const options = { socket, ca: cert, servername: "localhost", maxVersion: version };
  const client = tls.connect({ ...options, ...(session !== undefined && { session }) });
  client.on("error", () => {}); // dropped connections are reset
  client.once("end", () => client.destroy());
  return client.resume();
}

/** What the client reads of `text`; both ends are closed then. */
async function said(conn: Conn, client: tls.TLSSocket, text: string): Promise<string> {
  const arrived = once(client, "data") as Promise<[Buffer]>;
  await conn.write(text);
  const [chunk] = await arrived;
  client.destroy();
  await conn.close();
  return String(chunk);
}
