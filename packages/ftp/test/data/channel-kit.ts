import { Addr } from "@belfry/net";
import type { Conn } from "@belfry/net";
import { once } from "node:events";
import * as nodeNet from "node:net";
import { Cancellation } from "../../src/data/cancellation.js";
import type { DataChannel, OpenOptions } from "../../src/data/data-channel.js";
import type { HostPort } from "../../src/protocol/host-port.js";
import { createDataChannel } from "../../src/data/tcp-data-channel.js";
import type { DataChannelOptions } from "../../src/data/tcp-data-channel.js";

/** What a test can set; the rest is a control connection from 127.0.0.1 to 127.0.0.1 in the clear. */
export interface KitOptions extends Partial<DataChannelOptions["settings"]> {
  readonly local?: string;
  readonly remote?: string;
  readonly tls?: DataChannelOptions["tls"];
}

/** A channel that is closed when `body` is over. */
export async function withChannel(options: KitOptions, body: (channel: DataChannel) => Promise<void>): Promise<void> {
  const channel = makeChannel(options);
  try {
    await body(channel);
  } finally {
    await channel.close();
  }
}

export function makeChannel(options: KitOptions = {}): DataChannel {
  const { local = "127.0.0.1", remote = "127.0.0.1", tls = null, ...settings } = options;
  return createDataChannel({
    localAddr: new Addr("tcp", local, 21),
    remoteAddr: new Addr("tcp", remote, 50_000),
    settings: { passive: {}, active: true, dataTimeout: 5_000, ...settings },
    tls,
    user: () => "jo",
  });
}

/** Options of `open` for a transfer in the clear. */
export function plain(cancellation = new Cancellation()): OpenOptions {
  return { cancellation, isProtected: false, isUpload: false };
}

/** A client's socket that is connected, from the given address. */
export async function connectTo({ host, port }: HostPort, localAddress = "127.0.0.1"): Promise<nodeNet.Socket> {
  const socket = startConnecting({ host, port }, localAddress);
  await once(socket, "connect");
  return socket;
}

/** The same without waiting: a stranger may be gone before it knows that it was connected. */
export function startConnecting({ host, port }: HostPort, localAddress: string): nodeNet.Socket {
  const socket = nodeNet.connect({ host, port, localAddress, allowHalfOpen: true });
  socket.on("error", () => {}); // dropped connections are reset
  return socket.resume();
}

/** Waits until the other side has dropped `socket`; what it had got until then. */
export async function dropped(socket: nodeNet.Socket): Promise<number> {
  // The `once` of node:events would reject with the reset.
  if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
  return socket.bytesRead;
}

/** What a client reads from a data connection that carries `text`. */
export async function carries(conn: Conn, client: nodeNet.Socket, text: string): Promise<boolean> {
  const arrived = once(client, "data");
  await conn.write(text);
  const [chunk] = (await arrived) as [Buffer];
  client.destroy();
  await conn.close();
  return String(chunk) === text;
}
