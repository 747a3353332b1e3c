import { findUnixSocket, inodeOf } from "./net-tables.js";

/**
 * The file of a Unix socket that was inherited, which the runtime does not tell: as Linux lists it in proc(5).
 *
 * @param descriptor of this process.
 * @returns `null` for a socket of another kind, and where the system has no such list.
 */
export function findSocketPath(descriptor: number): string | null {
  const inode = inodeOf(descriptor);
  const path = inode === null ? null : (findUnixSocket(inode)?.path ?? null);
  // Others are names without a file.
  return path?.startsWith("/") === true ? path : null;
}
