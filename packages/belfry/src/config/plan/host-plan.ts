import type { LogFormat, LogLevel } from "../../log/log.js";
import type { DebugTarget } from "../../options/debug-target.js";
import type { ListenTarget } from "../schema/listen-target.js";

/** What the supervisor has to know of a service; the service itself lives in the workers. Plain data. */
export interface ServicePlan {
  readonly name: string;
  /** `clock`, `echo`, `reverb`, `ftp`, or the path of a module. */
  readonly kind: string;
  readonly listen: readonly ListenTarget[];
  readonly isSecure: boolean;
  readonly isProxied: boolean;
  /** Whether it serves only who logs in with a name: FTP that lets nobody in as anonymous. */
  readonly wantsName: boolean;
  /** Connections served at a time over all workers. */
  readonly maxConns: number;
  /** Connections of one remote address over all workers; `null` for no limit. */
  readonly maxConnsPerAddress: number | null;
  /** Whether each connection claims its place of the supervisor, who says yes or no at once. Else places are lent, and who finds none waits. */
  readonly isClaimed: boolean;
}

/** A checked configuration as the supervisor needs it. Plain data: it is made in another process. Times are milliseconds. */
export interface HostPlan {
  /** The absolute path of the config file; `null` for the default set. */
  readonly file: string | null;
  /** At least 1; what `auto` stands for is in place. */
  readonly workers: number;
  readonly services: readonly ServicePlan[];
  readonly debug: DebugTarget | null;
  /** The path of the control socket; `null` for none. */
  readonly control: string | null;
  readonly logFormat: LogFormat;
  readonly logLevel: LogLevel;
  /** 0 is as long as it takes. */
  readonly shutdownTimeout: number;
  /** How long readiness is false before the host stops accepting. */
  readonly drainDelay: number;
  /** How long connections go on after a reload before their services are told to finish; 0 tells them at once. */
  readonly reloadGrace: number;
}
