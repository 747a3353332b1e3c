import { Option, type Command } from "commander";
import { parseDuration, formatDuration } from "../options/duration.js";
import { option } from "../options/option.js";
import { UsageError } from "../usage-error.js";

/** The options of `belfry ftp`, parsed; durations in milliseconds. */
export interface FtpFlags {
  readonly command?: readonly string[];
  readonly keepGoing?: boolean;
  readonly user?: string;
  readonly tls?: boolean;
  readonly implicit?: boolean;
  readonly cacert?: string;
  readonly insecure?: boolean;
  /** `false` after `--no-prompt`. */
  readonly prompt: boolean;
  /** `false` after `--no-netrc`. */
  readonly netrc: boolean;
  readonly ascii?: boolean;
  readonly active?: boolean;
  readonly ipv4?: boolean;
  readonly ipv6?: boolean;
  readonly encoding: "utf8" | "latin1";
  readonly timeout: number;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
}

const DEFAULT_TIMEOUT = 30_000;

/** Declares {@link FtpFlags} and the argument on a command. */
export function addFtpOptions(command: Command): void {
  command
    .argument("[server]", "[ftp://][USER@]HOST[:PORT][/DIRECTORY]; ftps:// is --implicit, ftpes:// is --tls")
    .addOption(
      new Option("-c, --command <commands>", 'run these and end: "cd pub; get x"; again for more').argParser(
        (text: string, before: readonly string[] | undefined) => [...(before ?? []), text],
      ),
    )
    .option("-k, --keep-going", "in a script, go on after a command that fails; the exit status still tells")
    .option("-u, --user <name>", "log in as (default: what ~/.netrc says, or is typed at a terminal, or anonymous)")
    .option("--tls", "TLS after AUTH TLS, the certificate verified, for files too")
    .option("--implicit", "TLS from the first byte; port 990 unless named")
    .option("--cacert <file>", "the authorities to trust, PEM, in place of the system's")
    .option("--insecure", "take any certificate")
    .option("-i, --no-prompt", "mget, mput and mdelete ask about no file")
    .option("-n, --no-netrc", "leave ~/.netrc alone")
    .option("-a, --ascii", "text transfers: line ends are changed on the way")
    .option("--active", "the server makes the data connections, for networks where the other way is closed")
    .option("-4, --ipv4", "IPv4 only")
    .option("-6, --ipv6", "IPv6 only")
    .addOption(new Option("--encoding <encoding>", "of names").choices(["utf8", "latin1"]).default("utf8"))
    .addOption(
      option(
        "--timeout <duration>",
        "give up when the server is silent for so long; 0 for never",
        parseDuration,
      ).default(DEFAULT_TIMEOUT, formatDuration(DEFAULT_TIMEOUT)),
    )
    .option("-v, --verbose", "show the conversation with the server, passwords left out")
    .option("-q, --quiet", "say nothing of transfers, only of errors")
    .addHelpText("after", HELP);
}

const HELP = `
Commands come from -c, from standard input, or, at a terminal, from a prompt, where "help" lists them.

The user's name comes from the server's argument, from --user, from ~/.netrc (or NETRC), or is asked for at the prompt,
where a bare Enter is anonymous; a script logs in as anonymous then.
The password comes from the URL, from BELFRY_FTP_PASSWORD, from ~/.netrc (or NETRC), or is asked for at a terminal.

Ends with 0 when all went well, 1 when a command failed, 2 when one was not understood, 3 when the server cannot be
reached or is not to be trusted, 4 when it does not let the user in, 130 after Ctrl-C.
`;

/** @throws {UsageError} when two options contradict each other, naming both. */
export function checkFtpFlags(flags: FtpFlags): void {
  const given = {
    "--tls": flags.tls === true,
    "--implicit": flags.implicit === true,
    "-4": flags.ipv4 === true,
    "-6": flags.ipv6 === true,
    "--cacert": flags.cacert !== undefined,
    "--insecure": flags.insecure === true,
    "--verbose": flags.verbose === true,
    "--quiet": flags.quiet === true,
  };
  for (const [one, other] of CONFLICTS) {
    if (given[one] && given[other]) throw new UsageError(`Cannot use ${one} together with ${other}`);
  }
}

const CONFLICTS = [
  ["--tls", "--implicit"],
  ["-4", "-6"],
  ["--cacert", "--insecure"],
  ["--verbose", "--quiet"],
] as const;
