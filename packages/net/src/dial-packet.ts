import type { Address } from "./addr.js";
import { Addr } from "./addr.js";
import { BrokenError } from "./errors.js";
import type { PacketConn, PacketOptions } from "./packet-conn.js";
import { openSocket, parsePacketAddress } from "./packet-socket.js";
import { checkCapacity, UdpConn } from "./udp-conn.js";

/**
 * Opens a UDP socket that sends to `address` and receives from nowhere else. Nothing is sent yet: that nobody is there
 * shows, if at all, after the first `send`.
 *
 * @throws {BrokenError} when the name does not resolve; `cause` says why.
 * @throws {TypeError} or {RangeError} when the address is none or the path of a Unix socket.
 * @example
 * ```ts
 * import { dialPacket, listenPacket } from "@belfry/net";
 *
 * const server = await listenPacket("127.0.0.1:0");
 * const client = await dialPacket(server.localAddr);
 * await client.send("hello");
 * console.log(String((await server.receive()).data)); // hello
 * await client.close();
 * await server.close();
 * ```
 */
export async function dialPacket(address: Address, options: PacketOptions = {}): Promise<PacketConn> {
  const capacity = checkCapacity(options.capacity);
  const { host, port } = parsePacketAddress(address);
  try {
    const { socket, ip } = await openSocket(host, "connect", (socket, ip) => socket.connect(port, ip));
    return new UdpConn(socket, new Addr("udp", ip, port), capacity);
  } catch (cause) {
    throw new BrokenError({ op: "dial", remoteAddr: new Addr("udp", host, port) }, cause);
  }
}
