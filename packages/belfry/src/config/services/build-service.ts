import type { LoginCounts } from "@belfry/ftp";
import type { TlsServerOptions } from "@belfry/net";
import type { ListenSettings, ServeLimits, Service } from "@belfry/server";
import type { CertificateFiles } from "../../certificates/certificate-files.js";
import { Diary } from "../../log/diary.js";
import type { Log } from "../../log/log.js";
import type { FtpSettings } from "../schema/ftp-schema.js";
import type { ListenTarget } from "../schema/listen-target.js";
import type { ServicePlan } from "../plan/host-plan.js";
import { anchorTarget, formatTarget } from "../schema/listen-target.js";
import { fitting } from "../problems/misfit.js";
import type { ModuleLoader } from "../modules/module-loader.js";
import type { ServiceSettings } from "../schema/schema.js";
import { letsAnybodyIn } from "../../ftpd/lets-anybody-in.js";
import { serviceTls } from "./service-tls.js";
import type { Environment } from "../source/substitute.js";

const DEFAULT_MAX_CONNS = 10_000;
const DEFAULT_REVERB_IDLE_TIMEOUT = 300_000;

/** What `serve` is told of a service, besides its name, its address, and the limits that count over all workers. */
export interface LoadedSettings
  extends
    Pick<ServeLimits, "maxWaiting" | "idleTimeout" | "closeTimeout">,
    Pick<ListenSettings, "backlog" | "handshakeTimeout"> {
  readonly allow?: readonly string[] | undefined;
  readonly refuse?: readonly string[] | undefined;
  /** Asked for each connection: the same object as long as the files are the same. */
  readonly tls?: (() => TlsServerOptions) | undefined;
  readonly proxy?:
    | {
        readonly trust: readonly string[];
        readonly timeout?: number | undefined;
        readonly untrusted?: "refuse" | "serve" | undefined;
      }
    | undefined;
}

/** A service, ready to be served. */
export interface LoadedService {
  readonly plan: ServicePlan;
  readonly service: Service;
  readonly settings: LoadedSettings;
  /** Whether it turns away by itself, in the words of its protocol, who is one too many. */
  readonly ownsLimits: boolean;
  /** Where it listens as the config names it: of a service manager's descriptors the name. */
  readonly addresses: readonly string[];
  /** In words what is served and how, for `belfry check`. */
  readonly notes: readonly string[];
  /** What its owner should know; {@link attach} logs it too. */
  readonly warnings: readonly string[];
  /** Told of the log before anything is served. */
  attach(log: Log): void;
  /** Resolves once everything it writes besides to connections (a transfer log) is written. */
  written(): Promise<void>;
}

/** What a service is built from. */
export interface ServiceParts {
  readonly name: string;
  readonly settings: ServiceSettings;
  readonly listen: readonly ListenTarget[];
  /** What relative paths are seen from. */
  readonly directory: string;
  /** What a service is called whose code stands in the config itself. */
  readonly file: string;
  readonly env: Environment;
  readonly loader: ModuleLoader;
  /** Where a service of FTP counts its logins. Default: in this process. */
  readonly loginCounts?: ((service: string) => LoginCounts) | undefined;
}

/** @throws {Misfit} for what cannot be used. */
export async function buildService(parts: ServiceParts): Promise<LoadedService> {
  const { name, settings, directory } = parts;
  const diary = new Diary();
  const { tls: given, handshakeTimeout } = settings;
  const tls =
    given === undefined
      ? null
      : await fitting(["services", name, "tls"], () =>
          serviceTls({ ...given, handshakeTimeout }, directory, name, diary),
        );
  const made = await makeService(parts, tls, diary);
  return {
    plan: planOf(parts),
    service: made.service,
    settings: { ...limitsOf(settings), ...(tls !== null && settings.use !== "ftp" && { tls: tls.credentials }) },
    ownsLimits: settings.use === "ftp",
    addresses: settings.listen.map((target) => formatTarget(anchorTarget(target, directory))),
    notes: [...(tls === null ? [] : [tls.description]), ...made.notes],
    warnings: tls === null || tls.warning === null ? [] : [tls.warning],
    attach(log) {
      diary.open(log);
      made.attach(log);
    },
    written: made.written,
  };
}

function planOf({ name, settings, listen, file }: ServiceParts): ServicePlan {
  const { use, tls, proxy, maxConns = DEFAULT_MAX_CONNS, maxConnsPerAddress = null, maxWaiting } = settings;
  const kind = typeof use === "string" ? use : file;
  return {
    name,
    kind,
    listen,
    isSecure: tls !== undefined,
    isProxied: proxy !== undefined,
    wantsName: settings.use === "ftp" && !letsAnybodyIn(settings),
    maxConns,
    maxConnsPerAddress,
    // Who may not wait is turned away, and that by who knows of all places.
    isClaimed: use === "ftp" || maxWaiting === 0,
  };
}

function limitsOf(settings: ServiceSettings): LoadedSettings {
  const { maxWaiting, closeTimeout, backlog, handshakeTimeout, allow, refuse, proxy, use } = settings;
  // Reverb and FTP have a time of their own, which knows what is under way.
  const idleTimeout = use === "reverb" || use === "ftp" ? undefined : settings.idleTimeout;
  return { maxWaiting, idleTimeout, closeTimeout, backlog, handshakeTimeout, allow, refuse, proxy };
}

interface Made {
  readonly service: Service;
  readonly notes: readonly string[];
  readonly attach: (log: Log) => void;
  readonly written: () => Promise<void>;
}

async function makeService(parts: ServiceParts, tls: CertificateFiles | null, diary: Diary): Promise<Made> {
  const { name, settings, directory, loginCounts } = parts;
  if (settings.use !== "ftp") {
    const service = withBanner(await plainService(settings, parts), settings.banner);
    return { service, notes: [], attach: () => {}, written: () => Promise.resolve() };
  }
  const [{ ftpFromConfig }, { logSessions }] = await Promise.all([
    import("./ftp-from-config.js"),
    import("../../ftpd/log-sessions.js"),
  ]);
  const { service, description, written } = await ftpFromConfig({
    name,
    settings,
    directory,
    tls,
    diary,
    loginCounts: loginCounts?.(name),
  });
  return { service, notes: [description], attach: (log) => logSessions(service, log), written };
}

type PlainSettings = Exclude<ServiceSettings, FtpSettings>;

/** What a service needs is loaded when it is built: a worker is to start fast. */
async function plainService(settings: PlainSettings, parts: ServiceParts): Promise<Service> {
  const { name, directory, env, loader } = parts;
  switch (settings.use) {
    case "clock":
      return clockOf(name, settings.timeZone, env);
    case "echo":
      return (await import("@belfry/reverb")).echo();
    case "reverb": {
      const { reverb } = await import("@belfry/reverb");
      const { delay, sequential, maxPending, maxLength, idleTimeout = DEFAULT_REVERB_IDLE_TIMEOUT } = settings;
      return fitting(["services", name], () => reverb({ delay, sequential, maxPending, maxLength, idleTimeout }));
    }
    default: {
      const { use, options } = settings;
      if (typeof use !== "string") return use;
      const { loadServiceModule } = await import("./load-service-module.js");
      return loadServiceModule({ use, directory, name, options }, loader);
    }
  }
}

function clockOf(name: string, given: string | undefined, env: Environment): Promise<Service> {
  // The C library takes a zone with a colon before it, too.
  const timeZone = given ?? (env["TZ"]?.replace(/^:/, "") || undefined);
  return fitting(["services", name, "timeZone"], async () => {
    const { clock } = await import("@belfry/clock");
    try {
      return clock({ timeZone });
    } catch (cause) {
      const from = given === undefined ? " of TZ" : "";
      throw new Error(`"${timeZone}"${from}: expected an IANA time zone such as Asia/Tokyo`, { cause });
    }
  });
}

function withBanner(service: Service, banner: string | undefined): Service {
  if (banner === undefined || banner === "") return service;
  return async (conn, context) => {
    await conn.write(banner);
    return service(conn, context);
  };
}
