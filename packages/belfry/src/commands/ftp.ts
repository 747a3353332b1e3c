import type { CliCommand } from "../command.js";
import { addFtpOptions, checkFtpFlags, type FtpFlags } from "../ftp/options.js";
import { parseTarget } from "../ftp/target.js";

/** `belfry ftp` */
export const ftpCommand: CliCommand<FtpFlags> = {
  name: "ftp",
  summary: "transfer files to and from an FTP server, at a prompt or by script",
  examples: [
    "belfry ftp 127.0.0.1:2121",
    'belfry ftp --tls bob@ftp.example.com -c "cd pub; get a.txt; put b.txt"',
    'belfry ftp -i ftp.example.com -c "mget pub/*.txt"',
    "belfry ftp ftp.example.com -c 'get README -' | less",
  ],
  configure: addFtpOptions,
  async run({ args, options: flags }, io) {
    checkFtpFlags(flags);
    const target = args[0] === undefined ? null : parseTarget(args[0]);
    // Loaded when it is used: the library takes a fifth of the start of every other command.
    const { runFtp } = await import("../ftp/run-ftp.js");
    return runFtp(target, flags, io);
  },
};
