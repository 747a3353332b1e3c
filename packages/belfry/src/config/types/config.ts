import type { Service } from "@belfry/server";
import type { LogFormat, LogLevel } from "../../log/log.js";
import type { CommonServiceConfig, Duration } from "./common-config.js";
import type { FtpServiceConfig } from "./ftp-config.js";

/** Sends the time of day, a line a second. */
export interface ClockServiceConfig extends CommonServiceConfig {
  readonly use: "clock";
  /** An IANA name such as `"Asia/Tokyo"`. Default: `TZ`, else the system's. */
  readonly timeZone?: string | undefined;
}

/** Sends bytes back as they came. */
export interface EchoServiceConfig extends CommonServiceConfig {
  readonly use: "echo";
}

/** Sends each line three times, ever more quietly. */
export interface ReverbServiceConfig extends CommonServiceConfig {
  readonly use: "reverb";
  /** Between the three sounds of an echo. Default 1 s. */
  readonly delay?: Duration | undefined;
  /** One echo after the other, not beside each other. Default `false`. */
  readonly sequential?: boolean | undefined;
  /** Echoes under way on a connection; the next line waits. Default 1000. */
  readonly maxPending?: number | undefined;
  /** The longest line in bytes. Default 65,536. */
  readonly maxLength?: number | undefined;
}

/** A service of one's own: a module by its path, or in a TypeScript or JavaScript config the service itself. */
export interface ModuleServiceConfig extends CommonServiceConfig {
  /** A path that begins with `./`, `../` or `/`, seen from the config file. */
  readonly use: `./${string}` | `../${string}` | `/${string}` | Service;
  /** Given to the module's `createService`, as it stands. */
  readonly options?: unknown;
}

/** One service, by what it uses. */
export type ServiceConfig =
  | ClockServiceConfig
  | EchoServiceConfig
  | ReverbServiceConfig
  | FtpServiceConfig
  | ModuleServiceConfig;

/** What a config file holds. Relative paths in it are seen from the file. */
export interface BelfryConfig {
  /** Where editors find the schema; Belfry does not read it. */
  readonly $schema?: string | undefined;
  /** Processes that serve; `"auto"` for one a core. Default 1. */
  readonly workers?: number | "auto" | undefined;
  /** The debug server: `"HOST:PORT"`, with a token where it is not on loopback. Default: none. */
  readonly debug?: string | { readonly listen: string; readonly token?: string | undefined } | undefined;
  /** The path of the control socket; `false` for none. Default: one in the user's runtime directory. */
  readonly control?: string | false | undefined;
  readonly log?:
    | {
        /** Default `"text"`. */
        readonly format?: LogFormat | undefined;
        /** Default `"info"`. */
        readonly level?: LogLevel | undefined;
      }
    | undefined;
  /** How long a drain may take; 0 for as long as it takes. Default 10 s. */
  readonly shutdownTimeout?: Duration | undefined;
  /** How long readiness is false before accepting stops, so that load balancers look away. Default 0. */
  readonly drainDelay?: Duration | undefined;
  /** How long connections of the old configuration go on after a reload before they are drained. Default 1 minute. */
  readonly reloadGrace?: Duration | undefined;
  /** The services, by the names that logs, listings and commands call them. */
  readonly services: Readonly<Record<string, ServiceConfig>>;
}
