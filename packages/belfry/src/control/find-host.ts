import { lstatSync, rmSync } from "node:fs";
import type { HostStatus } from "../inspect/host-view.js";
import type { Io } from "../io.js";
import { isNobody } from "./claim-path.js";
import { type ControlLink, dialControl } from "./control-link.js";
import { controlDirectory, findControlPaths, pidOfPath } from "./control-path.js";

/** Which host is meant, and what is told of the way there. */
export interface HostChoice {
  /** The socket as named by the user; without it the environment's, then the one live host of this user. */
  readonly control?: string | undefined;
  readonly env: Io["env"];
  readonly signal?: AbortSignal | undefined;
  /** Told, in one line, of what was removed. */
  readonly tell: (line: string) => void;
}

/** A host that answers. */
interface Found {
  readonly link: ControlLink;
  readonly status: HostStatus;
}

/**
 * Connects to the host that is meant, and removes sockets that dead processes have left.
 *
 * @throws {Error} when there is none; {AggregateError}, an error for each, when there are several or none answers.
 */
export async function findHost(choice: HostChoice): Promise<ControlLink> {
  const named = choice.control ?? (choice.env["BELFRY_CONTROL"] || undefined);
  if (named !== undefined) return dialNamed(named, choice);
  const { found, mute } = await lookAround(choice);
  const [only, second] = found;
  if (only !== undefined && second === undefined) return only.link;
  await Promise.all(found.map(({ link }) => link.close()));
  if (only !== undefined) throw tooMany(found);
  if (mute.length > 0) throw new AggregateError(mute, "Cannot reach a host");
  const place =
    process.platform === "win32" ? "no control pipe" : `no control socket in ${controlDirectory(choice.env)}`;
  throw new Error(`Cannot reach a host: no host is running: ${place}`);
}

async function dialNamed(path: string, choice: HostChoice): Promise<ControlLink> {
  try {
    return await dialControl(path, choice.signal);
  } catch (error) {
    if (!isNobody(error)) throw error;
    removeDead(path, error, choice);
    throw new Error(`Cannot reach a host: no host is running at ${path}`, { cause: error });
  }
}

/** All that answer, and why others do not. */
async function lookAround(choice: HostChoice): Promise<{ readonly found: Found[]; readonly mute: unknown[] }> {
  const found: Found[] = [];
  const mute: unknown[] = [];
  await Promise.all(
    findControlPaths(choice.env).map(async (path) => {
      try {
        found.push(await meet(path, choice.signal));
      } catch (error) {
        choice.signal?.throwIfAborted();
        if (isNobody(error)) removeDead(path, error, choice);
        else mute.push(error);
      }
    }),
  );
  return { found: found.sort((one, other) => one.status.startedAt - other.status.startedAt), mute };
}

async function meet(path: string, signal: AbortSignal | undefined): Promise<Found> {
  const link = await dialControl(path, signal);
  try {
    return { link, status: await link.ask("status", {}) };
  } catch (error) {
    await link.close();
    throw error;
  }
}

/** A socket that refuses is that of a process that has ended. So does a plain file, which is somebody's. */
function removeDead(path: string, error: unknown, { tell }: HostChoice): void {
  const { cause } = error as { cause?: NodeJS.ErrnoException };
  if (cause?.code !== "ECONNREFUSED" || lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return;
  rmSync(path, { force: true });
  const pid = pidOfPath(path);
  tell(`removed ${path}: its process${pid === null ? "" : ` ${pid}`} has ended`);
}

function tooMany(found: readonly Found[]): AggregateError {
  const lines = found.map(({ link, status }) => {
    const services = status.services.map(({ name }) => name).join(", ");
    return new Error(`process ${status.pid} (${services || "no services"}): --control ${link.path}`);
  });
  const first = new Error(`Cannot choose a host: ${found.length} are running; name one of them`);
  return new AggregateError([first, ...lines], first.message);
}
