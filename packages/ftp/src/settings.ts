import { createSessionTls } from "./data/session-tls.js";
import type { FtpOptions, FtpTlsOptions } from "./options.js";
import { checkPassive } from "./data/check-passive.js";
import type { PassiveOptions } from "./data/passive-options.js";
import type { BeforeHook } from "./session/before-hook.js";
import { anonymous } from "./users/anonymous.js";
import type { Authenticate } from "./users/account.js";
import type { LoginCounts } from "./users/login-counts.js";
import { memoryCounts } from "./users/memory-counts.js";
import type { ThrottleOptions } from "./users/throttle.js";

/** {@link FtpTlsOptions} with the defaults in place. */
export type TlsSettings = { readonly [K in keyof FtpTlsOptions]-?: NonNullable<FtpTlsOptions[K]> };

/** {@link FtpOptions} with the defaults in place. */
export interface Settings {
  readonly authenticate: Authenticate;
  readonly banner: string;
  /** `null`: everything in the clear. */
  readonly tls: TlsSettings | null;
  /** `null`: switched off. */
  readonly passive: PassiveOptions | null;
  readonly active: boolean;
  readonly throttle: ThrottleOptions | false;
  readonly loginCounts: LoginCounts;
  readonly maxSessions: number;
  readonly maxSessionsPerAddress: number;
  /** Milliseconds, as the others; `Infinity` is none. */
  readonly idleTimeout: number;
  readonly loginTimeout: number;
  readonly dataTimeout: number;
  readonly stallTimeout: number;
  readonly maxLineLength: number;
  readonly maxPending: number;
  readonly convertsLineEnds: boolean;
  readonly advertisesCompression: boolean;
  readonly digests: boolean;
  readonly before: BeforeHook | null;
}

/** Past this a timer of the runtime fires at once instead of never. */
const MAX_DELAY = 2_147_483_647;
const LEAST_LINE = 128;

/** @throws {TypeError | RangeError} that names the first wrong option and its value. */
export function resolveSettings(options: FtpOptions): Settings {
  const { banner = "Ready", active = true, passive = {}, throttle = {}, before = null } = options;
  const { convertsLineEnds = true, advertisesCompression = false, digests = false } = options;
  checkType("banner", banner, "string");
  checkType("active", active, "boolean");
  checkType("convertsLineEnds", convertsLineEnds, "boolean");
  checkType("advertisesCompression", advertisesCompression, "boolean");
  checkType("digests", digests, "boolean");
  if (before !== null) checkType("before", before, "function");
  if (passive !== false) checkPassive(passive);
  return {
    authenticate: resolveAuthenticate(options),
    banner,
    tls: options.tls === undefined ? null : resolveTls(options.tls),
    passive: passive === false ? null : passive,
    active,
    throttle,
    loginCounts: options.loginCounts === undefined ? memoryCounts() : checkCounts(options.loginCounts),
    maxSessions: limit("maxSessions", options.maxSessions),
    maxSessionsPerAddress: limit("maxSessionsPerAddress", options.maxSessionsPerAddress),
    idleTimeout: delay("idleTimeout", options.idleTimeout ?? 300_000),
    loginTimeout: delay("loginTimeout", options.loginTimeout ?? 60_000),
    dataTimeout: delay("dataTimeout", options.dataTimeout ?? 30_000),
    stallTimeout: delay("stallTimeout", options.stallTimeout ?? 120_000),
    maxLineLength: count("maxLineLength", options.maxLineLength ?? 8192, LEAST_LINE),
    maxPending: count("maxPending", options.maxPending ?? 1024, 1),
    convertsLineEnds,
    advertisesCompression,
    digests,
    before,
  };
}

function resolveAuthenticate({ authenticate, root, storage }: FtpOptions): Authenticate {
  if (authenticate === undefined) return anonymous(storage === undefined ? { root: root ?? "." } : { root, storage });
  checkType("authenticate", authenticate, "function");
  if (root === undefined && storage === undefined) return authenticate;
  const option = root === undefined ? "storage" : "root";
  throw new TypeError(`Cannot use ${option} beside authenticate: what a user sees is part of the account it gives`);
}

function resolveTls(options: FtpTlsOptions): TlsSettings {
  const { credentials, require = "none", isImplicit = false } = options;
  const { requireSessionReuse = false, requireCloseNotify = true } = options;
  if (typeof credentials !== "function" && (typeof credentials !== "object" || credentials === null)) {
    throw wrong("tls.credentials", credentials, "TLS options, or a function that gives them");
  }
  if (!["none", "login", "data"].includes(require)) {
    throw wrong("tls.require", require, '"none", "login" or "data"');
  }
  checkType("tls.isImplicit", isImplicit, "boolean");
  checkType("tls.requireSessionReuse", requireSessionReuse, "boolean");
  checkType("tls.requireCloseNotify", requireCloseNotify, "boolean");
  const settings = { credentials, require, isImplicit, requireSessionReuse, requireCloseNotify };
  // A certificate that cannot be used is to be told of now, and not in the first handshake.
  createSessionTls(settings).forControl();
  return settings;
}

function checkCounts(counts: LoginCounts): LoginCounts {
  if (typeof counts?.bans !== "function" || typeof counts.enter !== "function") {
    throw wrong("loginCounts", counts, "an object with processes, bans and enter");
  }
  count("loginCounts.processes", counts.processes, 1);
  return counts;
}

function checkType(option: string, value: unknown, type: "string" | "boolean" | "function"): void {
  if (typeof value !== type) throw wrong(option, value, `a ${type}`);
}

/** 0 is none, as `Infinity` is. */
function delay(option: string, value: number): number {
  if (typeof value !== "number") throw wrong(option, value, "a number of milliseconds");
  if (value === 0 || value === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  if (value > 0 && value <= MAX_DELAY) return value;
  throw new RangeError(`Cannot use ${option} ${value}: expected 0 to ${MAX_DELAY} milliseconds, or Infinity`);
}

function limit(option: string, value = Number.POSITIVE_INFINITY): number {
  return value === Number.POSITIVE_INFINITY ? value : count(option, value, 1);
}

function count(option: string, value: number, least: number): number {
  if (typeof value !== "number") throw wrong(option, value, "a number");
  if (Number.isInteger(value) && value >= least) return value;
  throw new RangeError(`Cannot use ${option} ${value}: expected a whole number of at least ${least}`);
}

function wrong(option: string, value: unknown, expected: string): TypeError {
  return new TypeError(`Cannot use ${option} ${JSON.stringify(value) ?? String(value)}: expected ${expected}`);
}
