import type { Environment } from "../source/substitute.js";

/** The first descriptor that is passed (`SD_LISTEN_FDS_START`). */
const FIRST = 3;
const MAX_DESCRIPTORS = 4096;

/**
 * The listening descriptors a service manager has passed to this process, by name; those without a name are called `unknown`.
 *
 * @param pid of the process they were passed to: `LISTEN_PID` must say so, for the variables are inherited by others too.
 * @see https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html
 */
export function passedDescriptors(env: Environment, pid: number): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  const count = Number(env["LISTEN_FDS"]);
  if (env["LISTEN_PID"] !== String(pid) || !Number.isInteger(count) || count < 1 || count > MAX_DESCRIPTORS)
    return found;
  const names = (env["LISTEN_FDNAMES"] ?? "").split(":");
  for (let index = 0; index < count; index += 1) {
    const name = names[index] || "unknown";
    const own = found.get(name);
    if (own === undefined) found.set(name, [FIRST + index]);
    else own.push(FIRST + index);
  }
  return found;
}
