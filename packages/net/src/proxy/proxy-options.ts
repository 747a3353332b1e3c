import { checkDelay } from "../delay.js";
import { networks } from "../networks.js";
import type { Networks } from "../networks.js";

/** How a listener behind proxies takes the PROXY protocol, both versions, in front of TLS. */
export interface ProxyOptions {
  /**
   * The addresses proxies connect from. From these the header is required; others could claim to be anybody. On a Unix
   * socket everybody is trusted who may connect to it.
   */
  readonly trust: Networks | readonly string[];
  /** Milliseconds within which the header has come, more than 0; `Infinity` is no limit. Default 5000. */
  readonly timeout?: number | undefined;
  /**
   * What becomes of connections from elsewhere: `"refuse"` resets them, `"serve"` takes them as they are and looks for no
   * header. Default `"refuse"`.
   */
  readonly untrusted?: "refuse" | "serve" | undefined;
}

/** {@link ProxyOptions} with nothing left open. */
export interface ResolvedProxyOptions {
  readonly trust: Networks;
  readonly timeout: number;
  readonly untrusted: "refuse" | "serve";
}

const TIMEOUT = 5_000;

/** @throws {TypeError | RangeError} when an option is none, naming its value. */
export function resolveProxyOptions(options: ProxyOptions): ResolvedProxyOptions {
  const { trust, timeout = TIMEOUT, untrusted = "refuse" } = options;
  if (checkDelay("proxy timeout", timeout) === 0) {
    throw new RangeError(`Cannot use proxy timeout ${timeout}: expected milliseconds, more than 0`);
  }
  if (untrusted !== "refuse" && untrusted !== "serve") {
    throw new RangeError(`Cannot use proxy untrusted "${String(untrusted)}": expected "refuse" or "serve"`);
  }
  return { trust: "has" in trust ? trust : networks(trust), timeout, untrusted };
}
