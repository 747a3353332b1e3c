import { resolve } from "node:path";
import { ftp, type FtpOptions, type FtpService } from "@belfry/ftp";
import type { CliCommand } from "../command.js";
import { externalAddresses } from "../ftpd/external-addresses.js";
import { Diary } from "../log/diary.js";
import { logSessions } from "../ftpd/log-sessions.js";
import { addFtpdOptions, type FtpdOptions } from "../ftpd/options.js";
import { printUserLine } from "../ftpd/passwd.js";
import { createTls, type FtpdTls } from "../ftpd/tls-options.js";
import { logTransfers } from "../ftpd/transfer-log.js";
import { untilLoggedOut } from "../ftpd/until-logged-out.js";
import { createUsers, type Users } from "../ftpd/users.js";
import { host } from "../host.js";
import type { Io } from "../io.js";
import type { Log } from "../log/log.js";
import { UsageError } from "../usage-error.js";

/** `belfry ftpd` */
export const ftpdCommand: CliCommand<FtpdOptions> = {
  name: "ftpd",
  summary: "serve files by FTP and FTPS",
  examples: [
    "belfry ftpd                                   # this directory, read only, on this machine",
    "belfry ftpd --root /srv/ftp --user ann:secret --listen 0.0.0.0:2121",
    "belfry ftpd --listen 0.0.0.0:2121 --passive-ports 50000-50100 --external-address ftp.example.com",
    "belfry ftpd --users users.txt --tls-cert cert.pem --tls-key key.pem --tls required",
    "belfry ftpd passwd ann >> users.txt           # asks for the password",
  ],
  configure(command) {
    command.usage("[options]\n       belfry ftpd passwd NAME");
    command.argument("[passwd]").argument("[name]");
    addFtpdOptions(command);
  },
  run({ args, options }, io) {
    const [action, ...rest] = args;
    if (action === "passwd") return printUserLine(rest, io);
    if (action !== undefined) throw new UsageError(`Cannot use "${action}": expected options, or passwd NAME`);
    return serveFiles(options, io);
  },
};

async function serveFiles(options: FtpdOptions, io: Io): Promise<number> {
  const diary = new Diary();
  const tls = createTls(options, (level, message) => diary.write(level, message));
  const { user, users: usersFile, ...files } = options;
  const users = await asUsage(() =>
    createUsers({ ...files, users: user, usersFile }, (error) => diary.write("error", error.message)),
  );
  const service = await asUsage(() => createService(options, users, tls));
  const written = openTransferLog(service, options, diary);
  const attach = (log: Log): void => {
    diary.open(log);
    logSessions(service, log);
  };
  const settled = (): Promise<void> => untilLoggedOut(service);
  const hosted = { name: "ftp", address: options.listen, service, hasOwnLimits: true, attach, settled };
  try {
    return await host([hosted], options, io, () => describeService(options, users, tls, diary));
  } finally {
    await written();
  }
}

/** What the library finds wrong with an option's value is wrong usage here. */
async function asUsage<T>(make: () => T | Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}

function createService(options: FtpdOptions, { authenticate }: Users, tls: FtpdTls | null): FtpService {
  const { active, banner, externalAddress, idleTimeout, maxConns, maxConnsPerAddress, passivePorts } = options;
  const passive: FtpOptions["passive"] = { ports: passivePorts, externalAddress: externalAddresses(externalAddress) };
  return ftp({
    authenticate,
    active,
    banner,
    convertsLineEnds: options.binary !== true,
    digests: options.digests === true,
    idleTimeout,
    maxSessions: maxConns,
    maxSessionsPerAddress: maxConnsPerAddress,
    passive,
    tls: tls?.options,
  });
}

function openTransferLog(service: FtpService, options: FtpdOptions, diary: Diary): () => Promise<void> {
  const { transferLog, transferLogFormat } = options;
  if (transferLog === undefined) return () => Promise.resolve();
  return logTransfers(service, transferLog, transferLogFormat, (error) => diary.write("error", error.message));
}

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "localhost"]);

/** Says what is served, to whom and how: nobody should have to find that out by trying. */
function describeService(options: FtpdOptions, users: Users, tls: FtpdTls | null, diary: Diary): void {
  const { host: address, path } = options.listen;
  const isLocal = path !== undefined || LOOPBACK.has(address);
  const root = resolve(options.root);
  const where = isLocal ? ", on this machine alone" : "";
  diary.write("info", `serving ${root}${where}: ${users.description}`, { root, isLocal });
  if (tls !== null) diary.write("info", tls.description);
  else if (!isLocal)
    diary.write("warn", "passwords and files go over the network in the clear: --tls-cert prevents that");
}
