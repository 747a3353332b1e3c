import { resolve } from "node:path";
import { ftp, type FtpOptions, type FtpService, type LoginCounts } from "@belfry/ftp";
import type { CertificateFiles } from "../../certificates/certificate-files.js";
import { externalAddresses } from "../../ftpd/external-addresses.js";
import type { Diary } from "../../log/diary.js";
import { logTransfers } from "../../ftpd/transfer-log.js";
import { untilLoggedOut } from "../../ftpd/until-logged-out.js";
import { createUsers, type Users } from "../../ftpd/users.js";
import type { FtpSettings } from "../schema/ftp-schema.js";
import { fitting, Misfit } from "../problems/misfit.js";

const DEFAULT_UMASK = 0o022;
const DEFAULT_IDLE_TIMEOUT = 300_000;

/** What an FTP service is made from. */
export interface FtpParts {
  readonly name: string;
  readonly settings: FtpSettings;
  /** What relative paths are seen from. */
  readonly directory: string;
  readonly tls: CertificateFiles | null;
  readonly diary: Diary;
  /** Default: in this process. */
  readonly loginCounts?: LoginCounts | undefined;
}

/** An FTP service, and what it writes besides. */
export interface FtpFromConfig {
  readonly service: FtpService;
  /** Who may log in, in words. */
  readonly description: string;
  /** Resolves once transfers that a shutdown has cut are told of, and every line of the transfer log is written. */
  readonly written: () => Promise<void>;
}

/** @throws {Misfit} for what cannot be used. */
export async function ftpFromConfig(parts: FtpParts): Promise<FtpFromConfig> {
  const { name, settings, directory, diary } = parts;
  const base = ["services", name];
  const users = await usersOf(parts);
  const externalAddress = await fitting([...base, "externalAddress"], () => externalOf(settings.externalAddress));
  const service = await fitting(base, () =>
    ftp({ ...optionsOf(parts, users), passive: { ports: settings.passivePorts, externalAddress } }),
  );
  const { transferLog, transferLogFormat = "xferlog" } = settings;
  const flushed =
    transferLog === undefined
      ? () => Promise.resolve()
      : await fitting([...base, "transferLog"], () =>
          logTransfers(service, resolve(directory, transferLog), transferLogFormat, (error) =>
            diary.write("error", error.message),
          ),
        );
  const written = async (): Promise<void> => {
    await untilLoggedOut(service);
    await flushed();
  };
  return { service, description: users.description, written };
}

function usersOf({ name, settings, directory, diary }: FtpParts): Promise<Users> {
  const {
    root = ".",
    users = [],
    usersFile,
    anonymous,
    readOnly,
    umask = DEFAULT_UMASK,
    atomicUploads,
    fsync,
  } = settings;
  for (const [index, { password, passwordHash }] of users.entries()) {
    if ((password === undefined) === (passwordHash === undefined)) {
      throw new Misfit(["services", name, "users", index], "expected one of password and passwordHash");
    }
  }
  const anchored = users.map((user) => ({
    ...user,
    ...(user.root !== undefined && { root: resolve(directory, user.root) }),
  }));
  const options = { root: resolve(directory, root), users: anchored, anonymous, readOnly, umask, atomicUploads, fsync };
  const file = usersFile === undefined ? undefined : resolve(directory, usersFile);
  return fitting(["services", name], () =>
    createUsers({ ...options, usersFile: file }, (error) => diary.write("error", error.message)),
  );
}

function externalOf(given: string | readonly string[] | undefined): ReturnType<typeof externalAddresses> {
  return externalAddresses(given === undefined ? [] : typeof given === "string" ? [given] : given);
}

function optionsOf({ settings, tls, loginCounts }: FtpParts, { authenticate }: Users): FtpOptions {
  const { active, banner, binary, digests, idleTimeout = DEFAULT_IDLE_TIMEOUT, throttle } = settings;
  const { loginTimeout, dataTimeout, stallTimeout } = settings;
  const { require, implicit, requireSessionReuse } = settings.tls ?? {};
  return {
    authenticate,
    active,
    banner,
    convertsLineEnds: binary !== true,
    digests,
    idleTimeout,
    loginTimeout,
    dataTimeout,
    stallTimeout,
    throttle,
    loginCounts,
    tls:
      tls === null ? undefined : { credentials: tls.credentials, require, isImplicit: implicit, requireSessionReuse },
  };
}
