import type { CheckedConfig } from "../schema/check-config.js";
import { formatKeyPath, type KeyPath } from "../problems/key-path.js";
import { anchorTarget, formatTarget, type ListenTarget, type NamedTarget } from "../schema/listen-target.js";
import type { Environment } from "../source/substitute.js";
import type { Finding } from "../problems/finding.js";
import { overlap } from "./overlap.js";
import { passedDescriptors } from "./systemd.js";

/** What addresses are resolved by. */
export interface ResolveAround {
  readonly env: Environment;
  readonly hostPid: number;
  /** What relative paths are seen from. */
  readonly directory: string;
  /** Names of a service manager's that nobody has passed are taken for passed. */
  readonly isCheck: boolean;
}

/**
 * Where each service listens: paths absolute, a service manager's names as the descriptors they stand for.
 *
 * @param findings gets the names that were not passed, and addresses that are there twice.
 */
export function resolveTargets(
  { services, host }: CheckedConfig,
  around: ResolveAround,
  findings: Finding[],
): ReadonlyMap<string, readonly ListenTarget[]> {
  const passed = passedDescriptors(around.env, around.hostPid);
  const taken: Taken[] = [];
  const given = host?.debug;
  const debug = given !== undefined && "listen" in given ? given.listen : given;
  if (debug !== undefined) taken.push({ target: { kind: "tcp", ...debug }, owner: "debug" });
  const resolved = new Map<string, readonly ListenTarget[]>();
  for (const [name, { listen }] of services) {
    const targets: ListenTarget[] = [];
    for (const [index, named] of listen.entries()) {
      const path = ["services", name, "listen", ...(listen.length > 1 ? [index] : [])];
      const target = anchorTarget(named, around.directory);
      for (const each of numbered(target, passed, around)) {
        if (isTooLong(each)) findings.push({ path, text: describeLength(each) });
        else if (each === null) findings.push({ path, text: describeMissing(target, passed) });
        else if (!isTaken(each, path, taken, findings)) targets.push(each);
      }
    }
    resolved.set(name, targets);
  }
  return resolved;
}

/** `null` in place of a name that was not passed. */
function numbered(
  target: NamedTarget,
  passed: ReadonlyMap<string, readonly number[]>,
  { isCheck }: ResolveAround,
): readonly (ListenTarget | null)[] {
  if (target.kind !== "systemd") return [target];
  const descriptors = passed.get(target.name);
  if (descriptors !== undefined) return descriptors.map((descriptor) => ({ kind: "inherited", descriptor }));
  // Not looked at for being there twice: nothing is known of it.
  return isCheck ? [] : [null];
}

/** What `sun_path` of unix(7) holds on every system, less the zero behind it; some systems cut what is longer. */
const MAX_PATH = 103;

function isTooLong(target: ListenTarget | null): target is ListenTarget & { readonly kind: "unix" } {
  const isUnix = target?.kind === "unix" && process.platform !== "win32";
  return isUnix && Buffer.byteLength(target.path) > MAX_PATH;
}

function describeLength({ path }: { readonly path: string }): string {
  return `${JSON.stringify(`unix:${path}`)}: the path of a socket has at most ${MAX_PATH} bytes, this one ${Buffer.byteLength(path)}`;
}

function describeMissing(target: NamedTarget, passed: ReadonlyMap<string, unknown>): string {
  const names = [...passed.keys()].map((name) => `"${name}"`).join(", ");
  const what = names === "" ? "no descriptors were passed (LISTEN_FDS, LISTEN_PID)" : `those passed are ${names}`;
  return `"${formatTarget(target)}": no descriptor of that name was passed: ${what}`;
}

interface Taken {
  readonly target: ListenTarget;
  /** The key of who listens there. */
  readonly owner: string;
}

function isTaken(target: ListenTarget, path: KeyPath, taken: Taken[], findings: Finding[]): boolean {
  const other = taken.find((each) => overlap(each.target, target));
  if (other === undefined) {
    taken.push({ target, owner: formatKeyPath(path.slice(0, 2)) });
    return false;
  }
  const [address, its] = [formatTarget(target), formatTarget(other.target)];
  const what = its === address ? "that address already" : `that port already, by "${its}"`;
  findings.push({ path, text: `"${address}": ${other.owner} has ${what}` });
  return true;
}
