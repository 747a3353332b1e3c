import { chmodSync, lstatSync, mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { dialControl } from "./control-link.js";
import { isOwn, pidOfPath } from "./control-path.js";

/** What `sun_path` of unix(7) holds on every system, less the zero behind it. */
const MAX_PATH = 103;
/** How long a host that is there may take to tell its process id. */
const PATIENCE = 1000;

/**
 * Makes sure that a control socket can be made at `path`: its directory is there, and a socket that a dead process has
 * left is not.
 *
 * @param isOurs whether the directory is belfry's own, to be shared with nobody.
 * @returns whether a dead process's socket was removed.
 * @throws {Error} naming the path, and the process that listens there; whatever else is there stays.
 */
export async function claimPath(path: string, isOurs: boolean): Promise<boolean> {
  if (process.platform === "win32") return false;
  const length = Buffer.byteLength(path);
  if (length > MAX_PATH) throw cannot(path, `the path of a socket has at most ${MAX_PATH} bytes, this one ${length}`);
  claimDirectory(path, isOurs);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return false;
  if (!found.isSocket()) throw cannot(path, "it is there already, and no socket");
  const pid = await livePid(path);
  if (pid !== null) throw cannot(path, `${pid} listens there already`);
  rmSync(path, { force: true });
  return true;
}

function claimDirectory(path: string, isOurs: boolean): void {
  const directory = dirname(path);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    if (!isOurs) return;
    // Not through a link: where everybody may write, somebody could have it change any directory of this user's.
    if (lstatSync(directory).isDirectory()) chmodSync(directory, 0o700);
  } catch (cause) {
    throw cannot(path, (cause as NodeJS.ErrnoException).code ?? String(cause), cause);
  }
  if (!isOwn(directory)) throw cannot(path, `${directory} is not this user's own directory`);
}

/** Who answers at the socket, in words; `null` when nobody has it open. */
async function livePid(path: string): Promise<string | null> {
  try {
    const link = await dialControl(path);
    try {
      const { pid } = await link.ask("status", {}, PATIENCE);
      return `process ${pid}`;
    } finally {
      await link.close();
    }
  } catch (error) {
    if (isNobody(error)) return null;
    const pid = pidOfPath(path);
    return pid === null ? "another process" : `process ${pid}`;
  }
}

/** Whether dialling a Unix socket failed because nobody listens there any more. */
export function isNobody(error: unknown): boolean {
  const code = (error as { cause?: { code?: unknown } } | null)?.cause?.code;
  return code === "ECONNREFUSED" || code === "ENOENT";
}

function cannot(path: string, reason: string, cause?: unknown): Error {
  return new Error(`Cannot make the control socket ${path}: ${reason}`, { cause });
}
