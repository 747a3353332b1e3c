import type { LogFormat, LogLevel } from "../../log/log.js";

/** What the command line says over the file. Absent parts leave the file's word. */
export interface PlanOverrides {
  readonly workers?: number | "auto" | undefined;
  readonly debug?: { readonly host: string; readonly port: number } | undefined;
  readonly debugToken?: string | undefined;
  readonly control?: string | undefined;
  readonly maxConns?: number | undefined;
  readonly logFormat?: LogFormat | undefined;
  readonly logLevel?: LogLevel | undefined;
  readonly shutdownTimeout?: number | undefined;
}

/** Which configuration to load. */
export interface ConfigSource {
  /** A path as typed; `null` looks for `belfry.config.*` in `directory` and takes the default set when there is none. */
  readonly file: string | null;
  readonly directory: string;
  readonly overrides: PlanOverrides;
  /** The file that is served already, where there is one: without any in `directory` it is missed, and the default set is not taken. */
  readonly served?: string | null | undefined;
}
