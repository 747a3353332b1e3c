import type { Address } from "./addr.js";
import { Addr } from "./addr.js";
import { BrokenError } from "./errors.js";
import type { PacketConn, PacketOptions } from "./packet-conn.js";
import { openSocket, parsePacketAddress } from "./packet-socket.js";
import { checkCapacity, UdpConn } from "./udp-conn.js";

/**
 * Opens a UDP socket on `address`; port 0 lets the system choose one.
 *
 * @throws {BrokenError} when the address is taken, not this machine's, or not allowed; `cause` says which.
 * @throws {TypeError} or {RangeError} when the address is none or the path of a Unix socket.
 * @example
 * ```ts
 * import { dialPacket, listenPacket } from "@belfry/net";
 *
 * const server = await listenPacket("127.0.0.1:0");
 * const client = await dialPacket(server.localAddr);
 * await client.send("hello");
 * const { data, from } = await server.receive();
 * await server.send(data, from);
 * console.log(String((await client.receive()).data)); // hello
 * await client.close();
 * await server.close();
 * ```
 */
export async function listenPacket(address: Address, options: PacketOptions = {}): Promise<PacketConn> {
  const capacity = checkCapacity(options.capacity);
  const { host, port } = parsePacketAddress(address);
  try {
    const { socket } = await openSocket(host, "listening", (socket, ip) => socket.bind(port, ip));
    return new UdpConn(socket, null, capacity);
  } catch (cause) {
    throw new BrokenError({ op: "listen", localAddr: new Addr("udp", host, port) }, cause);
  }
}
