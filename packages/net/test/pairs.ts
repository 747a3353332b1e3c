import { certificate } from "@belfry/testkit";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import * as nodeNet from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Address } from "../src/addr.js";
import type { Conn } from "../src/conn.js";
import { dial, type DialOptions } from "../src/dial.js";
import { listen } from "../src/listen.js";
import type { ListenOptions } from "../src/listener.js";
import { pipe } from "../src/pipe.js";
import { StreamConn } from "../src/stream-conn.js";
import type { ConnPair } from "../src/testing.js";
import { SocketWire } from "../src/wires/socket-wire.js";

const { cert, key } = certificate;

/** A header that leaves the ends as they are, for the suite compares them. */
const PROXY = {};

/** A dialled end and an accepted one, over TCP. */
export function tcpPair(): Promise<ConnPair> {
  return makePair("127.0.0.1:0");
}

/** The same through TLS. */
export function tlsPair(): Promise<ConnPair> {
  return makePair("127.0.0.1:0", { tls: { cert, key } }, { tls: { ca: cert } });
}

/** The same behind a proxy, whose header comes first. */
export function proxiedPair(): Promise<ConnPair> {
  return makePair("127.0.0.1:0", { proxy: { trust: ["127.0.0.1"] } }, { proxy: PROXY });
}

/** The same through TLS behind a proxy. */
export function proxiedTlsPair(): Promise<ConnPair> {
  const listening = { tls: { cert, key }, proxy: { trust: ["127.0.0.1"] } };
  return makePair("127.0.0.1:0", listening, { tls: { ca: cert }, proxy: PROXY });
}

/** The same over a Unix socket. */
export async function unixPair(): Promise<ConnPair> {
  const folder = await mkdtemp(join(tmpdir(), "belfry-net-"));
  const pair = await makePair({ path: join(folder, "pair.sock") });
  return { ...pair, stop: () => rm(folder, { recursive: true }) };
}

/** The same over TCP by the public interface of `node:net`, which is the fallback where its handles are not known. */
export async function socketPair(): Promise<ConnPair> {
  const server = nodeNet.createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as nodeNet.AddressInfo;
  const client = nodeNet.connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
  const [[accepted]] = (await Promise.all([once(server, "connection"), once(client, "connect")])) as [
    [nodeNet.Socket],
    unknown,
  ];
  server.close();
  return { a: new StreamConn(new SocketWire(client)), b: new StreamConn(new SocketWire(accepted)) };
}

/** Makers of pairs, by what they connect by. */
export type PairMakers = Readonly<Record<string, () => ConnPair | Promise<ConnPair>>>;

/** One for each way a connection is made. */
export const everyPair: PairMakers = {
  TCP: tcpPair,
  TLS: tlsPair,
  "sockets of node:net": socketPair,
  "a pipe": () => {
    const [a, b] = pipe();
    return { a, b };
  },
};

/** Runs `body` with both ends of a TCP connection, and aborts them when it is over, well or not. */
export async function withTcpPair(body: (a: Conn, b: Conn) => Promise<void>): Promise<void> {
  const { a, b } = await tcpPair();
  try {
    await body(a, b);
  } finally {
    a.abort();
    b.abort();
  }
}

async function makePair(address: Address, listening?: ListenOptions, dialling?: DialOptions): Promise<ConnPair> {
  const listener = await listen(address, listening);
  try {
    const [a, b]: Conn[] = await Promise.all([dial(listener.addr, dialling), listener.accept()]);
    return { a: a as Conn, b: b as Conn };
  } finally {
    await listener.close();
  }
}
