import { lstatSync, readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Io } from "../io.js";

const SUFFIX = ".sock";
/** A directory may hold anything; so many sockets are looked at. */
const MAX_PATHS = 256;
const PIPES = "\\\\.\\pipe\\";

/** Where hosts of this user have their control sockets unless told otherwise: a directory of mode 0700. */
export function controlDirectory(env: Io["env"]): string {
  if (process.platform === "win32") return PIPES;
  const runtime = env["XDG_RUNTIME_DIR"];
  if (runtime !== undefined && isDirectory(runtime)) return join(runtime, "belfry");
  return join(tmpdir(), `belfry-${process.getuid?.() ?? "user"}`);
}

/** Where the host with this process id has its control socket unless told otherwise. */
export function defaultControlPath(env: Io["env"], pid: number): string {
  if (process.platform === "win32") return `${PIPES}belfry-${pid}`;
  return join(controlDirectory(env), `${pid}${SUFFIX}`);
}

/** The process id in a path that {@link defaultControlPath} made; `null` for any other. */
export function pidOfPath(path: string): number | null {
  const [, digits] = /[\\/](?:belfry-)?(\d+)(?:\.sock)?$/.exec(path) ?? [];
  return digits === undefined ? null : Number(digits);
}

/**
 * The control sockets in this user's directory, of hosts that live or have died, at most 256. None when the directory
 * is not this user's own: whoever made it could answer in a host's place.
 */
export function findControlPaths(env: Io["env"]): string[] {
  const directory = controlDirectory(env);
  const isWindows = process.platform === "win32";
  if (!isWindows && !isOwn(directory)) return [];
  const isControl = (name: string): boolean => (isWindows ? /^belfry-\d+$/.test(name) : name.endsWith(SUFFIX));
  return list(directory)
    .filter(isControl)
    .sort()
    .slice(0, MAX_PATHS)
    .map((name) => (isWindows ? directory + name : join(directory, name)));
}

/** Whether a directory is this user's, and nobody else can put anything there. */
export function isOwn(directory: string): boolean {
  try {
    // Of a link itself, which is none: where it leads may change between two looks.
    const found = lstatSync(directory);
    return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
  } catch {
    return false;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
