import { type ParsedAddress, parseAddress } from "@belfry/net";
import { type Command, Option } from "commander";
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from "../log.js";
import { formatDuration, parseDuration } from "./duration.js";
import { option } from "./option.js";
import { wholeNumber } from "./whole-number.js";

/** Options of every command that runs servers, parsed. */
export interface HostOptions {
  /** Connections served at a time by each server; the library's default when absent. */
  readonly maxConns?: number;
  /** Where the debug server listens; none when absent. */
  readonly debug?: ParsedAddress;
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
const DEFAULT_SHUTDOWN_TIMEOUT = 10_000;
const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "localhost"]);

/** Declares {@link ServerOptions} on a command. */
export function addServerOptions(command: Command): void {
  command.addOption(
    option("--listen <address>", "where to listen: HOST:PORT, :PORT or unix:PATH", parseListen).default(
      parseListen(DEFAULT_LISTEN),
      DEFAULT_LISTEN,
    ),
  );
  addHostOptions(command);
}

/** Declares {@link HostOptions} on a command. */
export function addHostOptions(command: Command): void {
  command
    .addOption(option("--max-conns <number>", "serve so many at a time; further ones wait", wholeNumber(1)))
    .addOption(
      durationOption(
        "--shutdown-timeout",
        "how long a drain may take; 0 for as long as it takes",
        DEFAULT_SHUTDOWN_TIMEOUT,
      ),
    )
    .addOption(option("--debug <address>", "show tasks and connections on this loopback HOST:PORT", parseLoopback))
    .addOption(new Option("--log-format <format>", "how to log").choices(LOG_FORMATS).default("text"))
    .addOption(new Option("--log-level <level>", "how much to log").choices(LOG_LEVELS).default("info"));
}

/** An option that takes a duration, its default shown as one. */
export function durationOption(flag: string, description: string, preset: number): Option {
  return option(`${flag} <duration>`, description, parseDuration).default(preset, formatDuration(preset));
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

function parseLoopback(text: string): ParsedAddress {
  const address = parseListen(text);
  // It shows who is connected, to whoever asks.
  if (address.path !== undefined || !LOOPBACK.has(address.host)) {
    throw new RangeError("expected a port of this machine alone, such as 127.0.0.1:6060");
  }
  return address;
}
