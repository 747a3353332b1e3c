import { certificate, until } from "@belfry/testkit";
import assert from "node:assert/strict";
import { once } from "node:events";
import * as nodeNet from "node:net";
import { Duplex } from "node:stream";
import { describe, it } from "node:test";
import * as tls from "node:tls";
import type { Conn } from "../src/conn.js";
import type { dial as Dial } from "../src/dial.js";
import type { listen as Listen } from "../src/listen.js";

const { cert, key } = certificate;

/** A TLS peer whose TCP stream is in our hands: what it sends can be kept back and sent as one. */
interface Peer {
  readonly tls: tls.TLSSocket;
  readonly raw: nodeNet.Socket;
  /** Keeps what the TLS side sends. */
  hold(): void;
  /** What was kept. */
  held(): Buffer;
}

type Version = "TLSv1.2" | "TLSv1.3";
type Role = "server" | "client";

interface PairOptions {
  readonly version: Version;
  readonly role: Role;
  readonly requireCloseNotify?: boolean;
}

/** How much came before the end, and what was thrown in place of it. */
interface Outcome {
  readonly length: number;
  readonly error: Error | null;
}

interface Ending {
  readonly name: string;
  /** What `read` gives behind the data: `null`, or an error of this text. */
  readonly expected: RegExp | null;
  /** How much of the data is sure to arrive. */
  readonly isWhole: boolean;
  end(peer: Peer, data: Buffer): Promise<void>;
}

const ENDINGS: readonly Ending[] = [
  {
    name: "close_notify, the TCP stream going on",
    expected: null,
    isWhole: true,
    end: async (peer, data) => void peer.tls.end(data),
  },
  {
    name: "close_notify, data and FIN in one segment",
    expected: null,
    isWhole: true,
    end: async (peer, data) => {
      await sendHeld(peer, () => peer.tls.end(data), "finish");
      peer.raw.end(peer.held());
    },
  },
  {
    name: "FIN alone",
    expected: /^Cannot read from .*: the peer ended it without close_notify$/,
    isWhole: true,
    end: async (peer, data) => void peer.tls.write(data, () => peer.raw.end()),
  },
  {
    name: "FIN in the same segment as data",
    expected: /without close_notify/,
    isWhole: true,
    end: async (peer, data) => {
      peer.hold();
      await new Promise((resolve) => peer.tls.write(data, resolve));
      peer.raw.end(peer.held());
    },
  },
  {
    name: "FIN in the middle of a record",
    expected: /without close_notify/,
    isWhole: false,
    end: async (peer, data) => {
      peer.hold();
      await new Promise((resolve) => peer.tls.write(data, resolve));
      peer.raw.end(peer.held().subarray(0, -3));
    },
  },
  {
    name: "a reset",
    // Which of the ends is seen first is up to the system; that it is no proper one is what counts.
    expected: /ECONNRESET|EPIPE|without close_notify|the connection was lost/,
    isWhole: false,
    end: async (peer, data) => void peer.tls.write(data, () => peer.raw.resetAndDestroy()),
  },
];

/** What `requireCloseNotify` must do, by whichever way it does it. */
export function closeNotifySuite(dial: typeof Dial, listen: typeof Listen): void {
  const connect = { server: acceptFrom, client: dialTo } as const;

  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    for (const role of ["server", "client"] as const) {
      describe(`requireCloseNotify on a ${version} ${role}`, () => {
        for (const ending of ENDINGS) {
          for (const size of [0, 10, 100_000]) {
            for (const reader of ["a quick", "a slow"] as const) {
              const what = ending.expected === null ? "ends" : "breaks";
              it(`${what} the read half of ${reader} reader after ${size} bytes and ${ending.name}`, () =>
                withPair({ version, role, requireCloseNotify: true }, async (conn, peer) => {
                  const data = Buffer.alloc(size, "x");
                  const [read] = await Promise.all([readAll(conn, reader === "a slow"), ending.end(peer, data)]);
                  check(read, ending, size);
                }));
            }
          }
        }
      });
    }
  }

  describe("requireCloseNotify", () => {
    it("leaves the write half as it is when the read half breaks", () =>
      withPair({ version: "TLSv1.3", role: "server", requireCloseNotify: true }, async (conn, peer) => {
        peer.raw.end();
        await assert.rejects(conn.read(), { name: "BrokenError", message: /without close_notify/ });
        await assert.rejects(conn.read(), { name: "BrokenError", message: /without close_notify/ });
        const arrived = once(peer.tls, "data");
        await conn.write("still here");
        assert.equal(String((await arrived)[0]), "still here");
      }));

    it("keeps what waits for the reader when a reset follows close_notify", () =>
      withPair({ version: "TLSv1.3", role: "server", requireCloseNotify: true }, async (conn, peer) => {
        await sendHeld(peer, () => peer.tls.end("last words"), "finish");
        peer.raw.write(peer.held());
        await until(() => conn.tls?.socket.readableLength === 10);
        peer.raw.resetAndDestroy();
        await once(peer.raw, "close");
        await turns(5);
        assert.equal(String(await conn.read()), "last words");
        assert.equal(await conn.read(), null);
      }));

    for (const way of ["close", "closeWrite"] as const) {
      it(`is sent by ${way}(), with nothing else sent and behind data`, async () => {
        for (const data of ["", "all of it"]) {
          const listener = await listen("127.0.0.1:0", { tls: { cert, key } });
          const serving = listener.accept().then(async (conn) => {
            if (data !== "") await conn.write(data);
            await conn[way]();
            return conn;
          });
          const client = await dial(listener.addr, {
            tls: { ca: cert, servername: "localhost", requireCloseNotify: true },
          });
          const chunks: Uint8Array[] = [];
          for await (const chunk of client) chunks.push(chunk);
          assert.equal(String(Buffer.concat(chunks)), data);
          await client.close();
          await (await serving).close();
          await listener.close();
        }
      });
    }

    it("is off by default: a bare FIN ends the stream", () =>
      withPair({ version: "TLSv1.3", role: "server" }, async (conn, peer) => {
        await FIN.end(peer, Buffer.from("x"));
        assert.equal(String(await conn.read()), "x");
        assert.equal(await conn.read(), null);
      }));
  });

  async function withPair(options: PairOptions, body: (conn: Conn, peer: Peer) => Promise<void>): Promise<void> {
    const { version, role, ...rest } = options;
    const [conn, peer] = await connect[role](version, rest);
    try {
      await body(conn, peer);
    } finally {
      conn.abort();
      peer.raw.destroy();
      await conn.closed;
    }
  }

  async function acceptFrom(version: Version, options: object): Promise<[Conn, Peer]> {
    const listener = await listen(":0");
    const raw = nodeNet.connect({ port: listener.addr.port, host: "127.0.0.1", allowHalfOpen: true });
    const accepted = await listener.accept();
    void listener.close(); // without handles it waits for its connections
    const peer = peerOn(raw, (socket) =>
      tls.connect({ socket, ca: cert, servername: "localhost", maxVersion: version, allowHalfOpen: true } as never),
    );
    const [conn] = await Promise.all([
      accepted.startTls({ isServer: true, cert, key, ...options }),
      once(peer.tls, "secureConnect"),
    ]);
    return [conn, peer];
  }

  async function dialTo(version: Version, options: object): Promise<[Conn, Peer]> {
    const server = nodeNet.createServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as nodeNet.AddressInfo;
    const [dialled, [raw]] = (await Promise.all([dial({ port }), once(server, "connection")])) as [
      Conn,
      [nodeNet.Socket],
    ];
    server.close();
    const secureContext = tls.createSecureContext({ cert, key, maxVersion: version });
    const peer = peerOn(raw, (socket) => new tls.TLSSocket(socket, { isServer: true, secureContext }));
    const [conn] = await Promise.all([dialled.startTls({ ca: cert, ...options }), once(peer.tls, "secure")]);
    return [conn, peer];
  }
}

const FIN = ENDINGS.find(({ name }) => name === "FIN alone") as Ending;

/** Puts TLS on a stream over `raw` that does not pass its end on, so that close_notify can come without FIN. */
function peerOn(raw: nodeNet.Socket, make: (socket: Duplex) => tls.TLSSocket): Peer {
  let kept: Buffer[] | null = null;
  const between = new Duplex({
    read: () => void raw.resume(),
    write: (chunk: Buffer, encoding, done) => {
      if (kept === null) raw.write(chunk, encoding, done);
      else {
        kept.push(chunk);
        done();
      }
    },
    final: (done) => done(),
    destroy: (error, done) => done(error),
  });
  raw.on("data", (chunk) => between.push(chunk));
  raw.on("end", () => between.push(null));
  raw.on("error", () => {}); // some of these connections are reset
  const socket = make(between);
  socket.on("error", () => {});
  socket.resume();
  return { tls: socket, raw, hold: () => (kept ??= []), held: () => Buffer.concat(kept ?? []) };
}

async function sendHeld(peer: Peer, send: () => void, event: string): Promise<void> {
  peer.hold();
  const done = once(peer.tls, event);
  send();
  await done;
}

function check({ length, error }: Outcome, ending: Ending, size: number): void {
  if (ending.isWhole) assert.equal(length, size);
  if (ending.expected === null) assert.equal(error, null);
  else assert.match(error?.message ?? "no error", ending.expected);
}

/** Reads to the end: what came, and what was thrown. */
async function readAll(conn: Conn, isSlow: boolean): Promise<Outcome> {
  let length = 0;
  try {
    for (;;) {
      const chunk = await conn.read(isSlow ? { max: 5_000 } : {});
      if (chunk === null) return { length, error: null };
      length += chunk.length;
      if (isSlow) await turns(3);
    }
  } catch (error) {
    return { length, error: error as Error };
  }
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve));
}
