import { type ParsedAddress, parseAddress } from "@belfry/net";
import { type Command, Option } from "commander";
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from "../log/log.js";
import { formatDuration, parseDuration } from "./duration.js";
import { parseToken } from "./debug-target.js";
import { option } from "./option.js";
import { UsageError } from "../usage-error.js";
import { wholeNumber } from "./whole-number.js";

/** Options of every command that runs servers, parsed. */
export interface HostOptions {
  /** Connections served at a time by each server; the library's default when absent. */
  readonly maxConns?: number;
  /** Where the debug server listens; none when absent. */
  readonly debug?: { readonly host: string; readonly port: number };
  /** What its requests have to bring. */
  readonly debugToken?: string;
  readonly logFormat: LogFormat;
  readonly logLevel: LogLevel;
  /** Milliseconds a drain may take; 0 is as long as it takes. */
  readonly shutdownTimeout: number;
}

/** Options of a command that runs one server. */
export interface ServerOptions extends HostOptions {
  readonly listen: ParsedAddress;
}

const DEFAULT_LISTEN = "127.0.0.1:8000";
const MAX_CONNS = "serve so many at a time; further ones wait";
const DEFAULT_SHUTDOWN_TIMEOUT = 10_000;

/**
 * Declares {@link ServerOptions} on a command.
 *
 * @param listen where it listens unless told otherwise.
 * @param maxConns what its `--max-conns` means, in words.
 */
export function addServerOptions(command: Command, listen = DEFAULT_LISTEN, maxConns = MAX_CONNS): void {
  command.addOption(
    option("--listen <address>", "where to listen: HOST:PORT, :PORT or unix:PATH", parseListen).default(
      parseListen(listen),
      listen,
    ),
  );
  addHostOptions(command, maxConns);
}

/** Declares {@link HostOptions} on a command. */
export function addHostOptions(command: Command, maxConns = MAX_CONNS): void {
  command
    .addOption(option("--max-conns <number>", maxConns, wholeNumber(1)))
    .addOption(
      durationOption(
        "--shutdown-timeout",
        "how long a drain may take; 0 for as long as it takes",
        DEFAULT_SHUTDOWN_TIMEOUT,
      ),
    )
    .addOption(
      option(
        "--debug <address>",
        "show what runs on this HOST:PORT, by HTTP; beyond loopback with a token",
        parseDebug,
      ),
    )
    .addOption(tokenOption())
    .addOption(new Option("--log-format <format>", "how to log").choices(LOG_FORMATS).default("text"))
    .addOption(new Option("--log-level <level>", "how much to log").choices(LOG_LEVELS).default("info"));
}

/** An option that takes a duration, its default shown as one. */
export function durationOption(flag: string, description: string, preset: number): Option {
  return option(`${flag} <duration>`, description, parseDuration).default(preset, formatDuration(preset));
}

/** Its value is a secret: no message shows it. */
function tokenOption(): Option {
  const made = new Option("--debug-token <token>", "what requests there have to bring; safer in BELFRY_DEBUG_TOKEN");
  return made.argParser((text) => {
    try {
      return parseToken(text);
    } catch (cause) {
      throw new UsageError(`Cannot use --debug-token: ${(cause as Error).message}`, { cause });
    }
  });
}

function parseListen(text: string): ParsedAddress {
  try {
    return parseAddress(text);
  } catch (error) {
    // What the library says in full is worded for a program; the option is named already.
    const [, expected = ""] = /: (.*)$/s.exec((error as Error).message) ?? [];
    throw new RangeError(expected, { cause: error });
  }
}

function parseDebug(text: string): HostOptions["debug"] {
  const { host, port } = parseListen(text);
  if (host === undefined || port === undefined) {
    throw new RangeError("expected HOST:PORT, such as 127.0.0.1:6060: it is looked at by browsers");
  }
  return { host, port };
}
