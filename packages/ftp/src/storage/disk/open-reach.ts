import fs from "node:fs";
import { LinuxReach } from "./linux-reach.js";
import { Lookups } from "./lookups.js";
import { PortableReach } from "./portable-reach.js";
import type { Reach } from "./reach.js";
import { errorCode } from "./system-errors.js";

/**
 * The best way there is to what is below `root`.
 *
 * @param way asks for one of them.
 * @throws {Error} when `root` is no directory.
 */
export function openReach(
  root: string,
  way?: "held" | "portable",
): { readonly reach: Reach; readonly lookups: Lookups } {
  let real: string;
  try {
    real = fs.realpathSync.native(root, "latin1");
    fs.accessSync(`${root}/.`);
  } catch (error) {
    throw new Error(`Cannot use ${JSON.stringify(root)} as a root: ${errorCode(error)}`, { cause: error });
  }
  const lookups = new Lookups(root);
  const isHeld = way === undefined ? canHold() : way === "held";
  return { reach: isHeld ? new LinuxReach(real, lookups) : new PortableReach(real), lookups };
}

/** Whether the kernel tells where what a descriptor stands for is. */
function canHold(): boolean {
  if (process.platform !== "linux") return false;
  try {
    const fd = fs.openSync("/", fs.constants.O_RDONLY);
    try {
      return fs.readlinkSync(`/proc/self/fd/${fd}`) === "/";
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    return false;
  }
}
