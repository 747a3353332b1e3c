import { type Command, Option } from "commander";
import { option, repeatedOption } from "../options/option.js";
import { addServerOptions, durationOption, type ServerOptions } from "../options/server-options.js";
import { wholeNumber } from "../options/whole-number.js";
import { parsePortRange, type PortRange } from "./port-range.js";
import { TRANSFER_LOG_FORMATS, type TransferLogFormat } from "./transfer-log.js";
import { parseUmask } from "./umask.js";

const DEFAULT_LISTEN = "127.0.0.1:2121";
const DEFAULT_IDLE_TIMEOUT = 300_000;
const DEFAULT_UMASK = 0o022;

/** A user of the command line. */
export interface NamedPassword {
  readonly name: string;
  readonly password: string;
}

/** What `belfry ftpd` takes. */
export interface FtpdOptions extends ServerOptions {
  readonly root: string;
  readonly user: readonly NamedPassword[];
  readonly users?: string;
  /** `true`, without a word behind it: read. */
  readonly anonymous?: true | "read" | "write" | "upload";
  readonly readOnly?: true;
  readonly umask: number;
  /** `false` with `--no-atomic-uploads`. */
  readonly atomicUploads: boolean;
  readonly fsync?: true;
  readonly binary?: true;
  readonly passivePorts?: PortRange;
  readonly externalAddress: readonly string[];
  /** `false` with `--no-active`. */
  readonly active: boolean;
  readonly tls?: "required" | "optional" | "off";
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  readonly implicit?: true;
  readonly requireSessionReuse?: true;
  readonly maxConnsPerAddress?: number;
  readonly idleTimeout: number;
  readonly banner?: string;
  readonly transferLog?: string;
  readonly transferLogFormat: TransferLogFormat;
  readonly digests?: true;
}

/** Declares {@link FtpdOptions} on a command. */
export function addFtpdOptions(command: Command): void {
  command.optionsGroup("What is served, to whom:");
  addFileOptions(command);
  command.optionsGroup("TLS:");
  addTlsOptions(command);
  command.optionsGroup("Connections and limits:");
  addNetworkOptions(command);
  command.optionsGroup("Logs:");
  addLogOptions(command);
  command.optionsGroup("As for every server:");
  addServerOptions(command, DEFAULT_LISTEN, "sessions at a time; one more is told to come back (421)");
}

function addFileOptions(command: Command): void {
  command
    .option("--root <directory>", "serve this directory", ".")
    .addOption(repeatedOption("--user <name:password>", "somebody who may read and write; repeatable", parseUser))
    .option("--users <file>", "users from a file, a line each, as belfry ftpd passwd makes them")
    .addOption(
      new Option("--anonymous [rights]", "let anybody in, as anonymous; to read, unless told otherwise").choices([
        "read",
        "write",
        "upload",
      ]),
    )
    .option("--read-only", "nobody may change anything")
    .addOption(
      option("--umask <mode>", "permission bits that new files do not get, in octal", parseUmask).default(
        DEFAULT_UMASK,
        "022",
      ),
    )
    .option("--no-atomic-uploads", "write into the file itself: a broken upload stays, and can be resumed")
    .option("--fsync", "answer an upload only once the disk has it")
    .option("--binary", "leave line ends alone, whatever TYPE a client asks for")
    .option("--banner <text>", "the first line clients see");
}

function addTlsOptions(command: Command): void {
  command
    .option("--tls-cert <file>", "certificate in PEM; read again when it changes")
    .option("--tls-key <file>", "its key, when it is not in the same file")
    .option("--tls-client-ca <file>", "clients must show a certificate signed by one of these")
    .addOption(
      new Option("--tls <policy>", "for logins and data; with a certificate optional by default").choices([
        "required",
        "optional",
        "off",
      ]),
    )
    .option("--implicit", "TLS from the first byte, without AUTH, as on port 990")
    .option("--require-session-reuse", "data connections must resume the TLS session of their control connection");
}

function addNetworkOptions(command: Command): void {
  command
    .addOption(option("--passive-ports <range>", "ports for passive data connections, as 50000-50100", parsePortRange))
    .addOption(
      repeatedOption(
        "--external-address <address>",
        "what PASV tells clients to dial: an address, a name, or NETWORK=ADDRESS for clients of a network; repeatable",
        (text) => text,
      ),
    )
    .option("--no-active", "refuse PORT and EPRT")
    .addOption(option("--max-conns-per-address <number>", "sessions of one address at a time", wholeNumber(1)))
    .addOption(durationOption("--idle-timeout", "how long a session may be silent; 0 for ever", DEFAULT_IDLE_TIMEOUT));
}

function addLogOptions(command: Command): void {
  command
    .option("--transfer-log <file>", "add a line for each transfer to this file")
    .addOption(
      new Option("--transfer-log-format <format>", "how it is written")
        .choices(TRANSFER_LOG_FORMATS)
        .default("xferlog"),
    )
    .option("--digests", "with a SHA-256 of each file, in JSON and in the log");
}

function parseUser(text: string): NamedPassword {
  const at = text.indexOf(":");
  if (at < 1 || at === text.length - 1) throw new RangeError("expected a name and a password, parted by a colon");
  return { name: text.slice(0, at), password: text.slice(at + 1) };
}
