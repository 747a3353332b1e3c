import type { ProxyDetails, ProxyHeader } from "./proxy-header.js";
import { formatV1 } from "./v1.js";
import { formatV2 } from "./v2.js";

/** What a header is made of. */
export interface ProxyHeaderOptions extends ProxyDetails, Partial<NonNullable<ProxyHeader["ends"]>> {
  /** Version 1 is a line of text and has addresses only. Default 2. */
  readonly version?: 1 | 2 | undefined;
}

/**
 * Makes a header of the PROXY protocol, to be sent before anything else: for the connection that came from `remoteAddr`
 * to `localAddr`, as a `Conn` has them. Without both, or where they are of a kind that has no form in the protocol, it says
 * that the connection is the sender's own.
 *
 * @throws {RangeError} when it would be longer than 4112 bytes.
 */
export function formatProxyHeader(options: ProxyHeaderOptions): Uint8Array {
  const { version = 2, remoteAddr, localAddr } = options;
  const ends = remoteAddr === undefined || localAddr === undefined ? null : { remoteAddr, localAddr };
  return version === 1 ? formatV1(ends) : formatV2(ends, options);
}
