import { fstatSync, readdirSync } from "node:fs";
import { findUnixSocket, inodeOf, readNetTable } from "./net-tables.js";

/** Why a descriptor that was inherited cannot be listened on, in words; `null` when it probably can. Never throws. */
export type LookAtInherited = (descriptor: number) => string | null;

/**
 * Notes which sockets are open: what is opened from now on was not inherited, whatever number it gets.
 *
 * That a socket listens, or is bound, is not told by the runtime. Linux lists most that do neither; elsewhere, and of a
 * socket that no list has (of another network namespace, say), it shows when a worker listens.
 */
export function inheritedSockets(): LookAtInherited {
  const known = openSockets();
  return (descriptor) => {
    if (!isSocket(descriptor) || known?.has(descriptor) === false) {
      return "no socket that listens or is bound was inherited there";
    }
    const found = describeUse(descriptor);
    return found === null ? null : `no socket that listens or is bound was inherited there, but ${found}`;
  };
}

function isSocket(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isSocket();
  } catch {
    // Nothing is open there.
    return false;
  }
}

/** `null` where the system does not list what is open. */
function openSockets(): ReadonlySet<number> | null {
  for (const folder of ["/proc/self/fd", "/dev/fd"]) {
    try {
      return new Set(readdirSync(folder).map(Number).filter(isSocket));
    } catch {
      // Another system.
    }
  }
  return null;
}

const LISTENS = "0A";

/** What a socket is that is neither bound for streams nor listens; `null` where it may be. */
function describeUse(descriptor: number): string | null {
  const inode = inodeOf(descriptor);
  if (inode === null) return null;
  const unix = findUnixSocket(inode);
  if (unix !== null) return unix.listens || unix.path !== null ? null : "one end of a connection";
  for (const table of ["tcp", "tcp6"]) {
    // Bound ones are in none of these lists before they listen.
    const row = readNetTable(table).find((columns) => columns[9] === inode);
    if (row !== undefined) return row[3] === LISTENS ? null : "one end of a connection";
  }
  const isUdp = ["udp", "udp6"].some((table) => readNetTable(table).some((columns) => columns[9] === inode));
  return isUdp ? "a socket of UDP" : null;
}
