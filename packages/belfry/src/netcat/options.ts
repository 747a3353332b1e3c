import type { Command } from "commander";
import { parseDuration } from "../options/duration.js";
import { option } from "../options/option.js";
import { wholeNumber } from "../options/whole-number.js";
import { UsageError } from "../usage-error.js";

/** The options of `belfry netcat`, parsed; durations in milliseconds, 0 for none. */
export interface NetcatFlags {
  readonly listen?: boolean;
  readonly keepListening?: boolean;
  readonly udp?: boolean;
  readonly unix?: string;
  readonly probe?: boolean;
  readonly verbose?: boolean;
  readonly connectTimeout?: number;
  readonly idleTimeout?: number;
  readonly quitAfter?: number;
  /** `false` after `--no-shutdown`. */
  readonly shutdown: boolean;
  readonly keepOpen?: boolean;
  readonly source?: string;
  readonly localPort?: number;
  readonly ipv4?: boolean;
  readonly ipv6?: boolean;
  readonly hexDump?: string;
  readonly tls?: boolean;
  readonly tlsInsecure?: boolean;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsServername?: string;
}

/** Declares {@link NetcatFlags} and the arguments on a command. */
export function addNetcatOptions(command: Command): void {
  command
    .argument("[target...]", "HOST PORT, HOST:PORT or, with -z, HOST PORT… with ranges such as 20-30")
    .option("-l, --listen", "wait for a connection in place of making one; prints where, port 0 picks one")
    .option("-k, --keep-listening", "with -l: take one connection after another")
    .option("-u, --udp", "UDP: each chunk of input is a packet")
    .option("-U, --unix <path>", "a Unix socket in place of HOST PORT")
    .option("-z, --probe", "only look who listens, sending nothing; exit 0 when somebody does")
    .option("-v, --verbose", "tell on standard error what happens")
    .addOption(option("-w, --connect-timeout <duration>", "give up connecting after so long", parseDuration))
    .addOption(option("-i, --idle-timeout <duration>", "give up when nothing moves for so long", parseDuration))
    .addOption(option("-q, --quit-after <duration>", "after the end of input wait at most so long", parseDuration))
    .option("--no-shutdown", "leave the write half open at the end of input")
    .option("--keep-open", "go on sending when the other side has ended its half")
    .option("-s, --source <host>", "the local address to use")
    .addOption(option("-p, --local-port <port>", "the local port to use", wholeNumber(0, 65_535)))
    .option("-4, --ipv4", "IPv4 only")
    .option("-6, --ipv6", "IPv6 only")
    .option("-x, --hex-dump <file>", "write all that passes to a file, in hexadecimal");
  addTlsOptions(command);
}

function addTlsOptions(command: Command): void {
  command
    .option("--tls", "TLS, the certificate verified; implied by the options below")
    .option("--tls-insecure", "take any certificate")
    .option("--tls-ca <file>", "the authorities to trust, PEM, in place of the system's")
    .option("--tls-servername <name>", "the name to ask for and to verify (default: HOST)")
    .option("--tls-cert <file>", "our own certificate, PEM; needed with -l")
    .option("--tls-key <file>", "its key, PEM");
}

/** Whether TLS was asked for, in whichever way. */
export function wantsTls(flags: NetcatFlags): boolean {
  const { tls, tlsInsecure, tlsCa, tlsCert, tlsKey, tlsServername } = flags;
  return (
    tls === true || tlsInsecure === true || [tlsCa, tlsCert, tlsKey, tlsServername].some((file) => file !== undefined)
  );
}

/** @throws {UsageError} when two options contradict each other, naming both. */
export function checkNetcatFlags(flags: NetcatFlags): void {
  const given = {
    "-l": flags.listen === true,
    "-k": flags.keepListening === true,
    "-u": flags.udp === true,
    "-U": flags.unix !== undefined,
    "-z": flags.probe === true,
    "-w": flags.connectTimeout !== undefined,
    "-s": flags.source !== undefined,
    "-p": flags.localPort !== undefined,
    "-4": flags.ipv4 === true,
    "-6": flags.ipv6 === true,
    "--tls": wantsTls(flags),
    "--keep-open": flags.keepOpen === true,
  };
  for (const [one, other] of CONFLICTS) {
    if (given[one] && given[other]) throw new UsageError(`Cannot use ${one} together with ${other}`);
  }
  if (given["-k"] && !given["-l"]) throw new UsageError("Cannot use -k without -l");
  if (given["-u"] && !given["-l"] && (given["-s"] || given["-p"])) {
    throw new UsageError("Cannot use -s or -p together with -u");
  }
  if (given["-l"] && given["--tls"] && (flags.tlsCert === undefined || flags.tlsKey === undefined)) {
    throw new UsageError("Cannot use --tls with -l alone: --tls-cert and --tls-key are needed");
  }
}

const CONFLICTS = [
  ["-z", "-l"],
  ["-z", "-u"],
  ["-z", "-U"],
  ["-z", "--tls"],
  ["-z", "-s"],
  ["-z", "-p"],
  ["-u", "-U"],
  ["-u", "--tls"],
  ["-u", "--keep-open"],
  ["-w", "-l"],
  ["-w", "-u"],
  ["-U", "-s"],
  ["-U", "-p"],
  ["-U", "-4"],
  ["-U", "-6"],
  ["-4", "-6"],
] as const;
