import { lstatSync, readFileSync, unlinkSync } from "node:fs";
import { connect } from "node:net";
import { resolve } from "node:path";

/**
 * Removes the file of a Unix socket whose process is gone, for the address to be used again. What is no socket stays,
 * and so does a socket that somebody answers on or has bound.
 *
 * @returns whether it was removed.
 */
export async function removeLeftBehind(path: string): Promise<boolean> {
  const inode = socketInode(path);
  if (inode === null || (await dialError(path)) !== "ECONNREFUSED" || isBound(path)) return false;
  // Looked at again: another process may have come to the same conclusion and put its own there meanwhile.
  if (socketInode(path) !== inode) return false;
  unlinkSync(path);
  return true;
}

function socketInode(path: string): number | null {
  try {
    const found = lstatSync(path);
    return found.isSocket() ? found.ino : null;
  } catch {
    return null;
  }
}

function dialError(path: string): Promise<string | undefined> {
  return new Promise((settle) => {
    const socket = connect({ path });
    socket.once("connect", () => settle(undefined));
    socket.on("error", (error: NodeJS.ErrnoException) => settle(error.code));
    socket.once("connect", () => socket.destroy());
  });
}

/** A socket that is bound and does not listen yet refuses dials like a dead one. Linux lists those that live. */
function isBound(path: string): boolean {
  let table: string;
  try {
    table = readFileSync("/proc/net/unix", "latin1");
  } catch {
    return false;
  }
  const wanted = Buffer.from(resolve(path)).toString("latin1");
  const given = Buffer.from(path).toString("latin1");
  // `Num RefCount Protocol Flags Type St Inode Path`
  const names = table.split("\n").map((line) => /^(?:\S+\s+){7}(.*)$/.exec(line)?.[1]);
  return names.some((name) => name === wanted || name === given);
}
