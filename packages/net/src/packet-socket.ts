import { createSocket, type Socket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { type Address, parseAddress } from "./addr.js";

/** An {@link Address} that a UDP socket can have. */
export function parsePacketAddress(address: Address): { readonly host: string; readonly port: number } {
  const parsed = parseAddress(address);
  if (parsed.path !== undefined) throw new TypeError(`Cannot use address "unix:${parsed.path}": expected HOST:PORT`);
  return parsed;
}

/** Makes a socket of the family that `host` resolves to, and waits until `open` has had its `event`. */
export async function openSocket(
  host: string,
  event: "listening" | "connect",
  open: (socket: Socket, ip: string) => void,
): Promise<{ readonly socket: Socket; readonly ip: string }> {
  const { address: ip, family } = await lookup(host);
  const socket = createSocket(family === 6 ? "udp6" : "udp4");
  try {
    const isOpen = once(socket, event); // rejects on an error event
    open(socket, ip);
    await isOpen;
    return { socket, ip };
  } catch (error) {
    socket.close();
    throw error;
  }
}
