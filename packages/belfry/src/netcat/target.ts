import { lookup } from "node:dns/promises";
import { type ParsedAddress, parseAddress } from "@belfry/net";
import { wholeNumber } from "../options/whole-number.js";
import { UsageError } from "../usage-error.js";
import type { NetcatFlags } from "./options.js";

/** What to look at with `-z`. */
export interface PortsTarget {
  readonly host: string;
  /** In the order given, each once. */
  readonly ports: readonly number[];
}

const parsePort = wholeNumber(0, 65_535);

/**
 * Reads where to dial, or with `-l` where to listen.
 *
 * @throws {UsageError} naming what was typed.
 */
export function parseTarget(args: readonly string[], flags: NetcatFlags): ParsedAddress {
  if (flags.unix !== undefined) {
    if (args.length > 0) throw new UsageError(`Cannot use "${args.join(" ")}" together with -U`);
    return { path: flags.unix };
  }
  if (args.length > 2) throw new UsageError(`Cannot use "${args.join(" ")}": expected HOST PORT or HOST:PORT`);
  return flags.listen === true ? parseListening(args, flags) : parseDialled(args);
}

/**
 * Reads what to look at with `-z`: `HOST PORT…`, ports or ranges such as `20-30`, or one `HOST:PORT`.
 *
 * @throws {UsageError} naming what was typed.
 */
export function parsePorts(args: readonly string[]): PortsTarget {
  const [host, ...specs] = args;
  if (host === undefined) throw new UsageError("Cannot probe: expected HOST PORT…");
  if (specs.length === 0) {
    const { host: name, port } = parseHostPort(host);
    return { host: name, ports: [port] };
  }
  return { host, ports: [...new Set(specs.flatMap(parseRange))] };
}

/**
 * The target with its name resolved to an address of the family that was asked for; as it is when none was.
 *
 * @throws the resolver's error when the name has none, in one line that names it.
 */
export async function resolveFamily(target: ParsedAddress, flags: NetcatFlags): Promise<ParsedAddress> {
  const family = flags.ipv4 === true ? 4 : flags.ipv6 === true ? 6 : null;
  if (family === null || target.path !== undefined) return target;
  try {
    const { address } = await lookup(target.host, { family });
    return { host: address, port: target.port };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`Cannot use "${target.host}": ${code}, no IPv${family} address`, { cause: error });
  }
}

function parseDialled(args: readonly string[]): ParsedAddress {
  const [host, port] = args;
  if (host === undefined) throw new UsageError("Cannot connect: expected HOST PORT or HOST:PORT");
  const target = port === undefined ? parseHostPort(host) : { host, port: readPort(port) };
  if (target.port === 0) throw new UsageError('Cannot use port "0": expected a whole number from 1 to 65535');
  return target;
}

/** `PORT`, `HOST PORT`, `HOST:PORT`, or the port by `-p` as older netcats have it. */
function parseListening(args: readonly string[], flags: NetcatFlags): ParsedAddress {
  const [first, second] = args;
  const host = flags.source ?? (flags.ipv6 === true ? "::1" : "127.0.0.1");
  if (first === undefined) {
    if (flags.localPort === undefined) throw new UsageError("Cannot listen: expected PORT, HOST PORT or HOST:PORT");
    return { host, port: flags.localPort };
  }
  if (second !== undefined) return { host: first, port: readPort(second) };
  if (flags.localPort !== undefined) return { host: first, port: flags.localPort };
  return first.includes(":") ? parseHostPort(first) : { host, port: readPort(first) };
}

function parseHostPort(text: string): { readonly host: string; readonly port: number } {
  try {
    const parsed = parseAddress(text);
    if (parsed.path === undefined) return parsed;
  } catch (error) {
    throw new UsageError(`Cannot use "${text}": expected HOST PORT or HOST:PORT`, { cause: error });
  }
  throw new UsageError(`Cannot use "${text}": a Unix socket is named with -U PATH`);
}

function readPort(text: string): number {
  try {
    return parsePort(text);
  } catch (error) {
    throw new UsageError(`Cannot use port "${text}": ${(error as Error).message}`, { cause: error });
  }
}

function parseRange(text: string): number[] {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  if (first === undefined || last === undefined) return [readPort(text)];
  const start = readPort(first);
  const end = readPort(last);
  if (start > end) throw new UsageError(`Cannot use ports "${text}": expected the lower one first`);
  return Array.from({ length: end - start + 1 }, (_, index) => start + index);
}
