import { isAbsolute, resolve } from "node:path";
import { formatHostPort, parseAddress } from "@belfry/net";

/** Where a service listens, or the debug server. */
export type ListenTarget =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string; readonly mode: number | null }
  /** A descriptor that listens already, or is bound: given by number, or by its systemd name (`LISTEN_FDNAMES`). */
  | { readonly kind: "inherited"; readonly descriptor: number };

/** A place to listen as a config names it: descriptors of a service manager's are still named, not numbered. */
export type NamedTarget = ListenTarget | { readonly kind: "systemd"; readonly name: string };

const EXPECTED = "HOST:PORT, :PORT, unix:PATH, fd:NUMBER or systemd:NAME";

/** @throws {RangeError} saying what was expected. */
export function parseTarget(text: string): NamedTarget {
  const [, scheme, rest = ""] = /^(fd|systemd):(.*)$/s.exec(text) ?? [];
  if (scheme === "systemd") {
    if (!/^[\x21-\x39\x3b-\x7e]{1,255}$/.test(rest))
      throw new RangeError("expected the name of a systemd socket after systemd:");
    return { kind: "systemd", name: rest };
  }
  if (scheme === "fd") {
    const descriptor = /^\d{1,6}$/.test(rest) ? Number(rest) : -1;
    // 0 to 2 are the process's own input, output and errors.
    if (descriptor < 3) throw new RangeError("expected the number of an inherited descriptor, at least 3, after fd:");
    return { kind: "inherited", descriptor };
  }
  return parseNetworkTarget(text);
}

function parseNetworkTarget(text: string): ListenTarget {
  try {
    const { host, port, path } = parseAddress(text);
    if (path === undefined) return { kind: "tcp", host, port };
    if (!path.includes("\0")) return { kind: "unix", path, mode: null };
  } catch (error) {
    if (error instanceof RangeError) throw new RangeError("expected a port from 0 to 65535", { cause: error });
  }
  throw new RangeError(`expected ${EXPECTED}`);
}

/** The path of a Unix socket, seen from `directory`. */
export function anchorTarget(target: NamedTarget, directory: string): NamedTarget {
  if (target.kind !== "unix" || isAbsolute(target.path)) return target;
  return { ...target, path: resolve(directory, target.path) };
}

/** As a config names it. */
export function formatTarget(target: NamedTarget): string {
  if (target.kind === "tcp") return formatHostPort(target.host, target.port);
  if (target.kind === "unix") return `unix:${target.path}`;
  return target.kind === "systemd" ? `systemd:${target.name}` : `fd:${target.descriptor}`;
}
