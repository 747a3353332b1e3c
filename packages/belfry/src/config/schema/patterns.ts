/**
 * What editors are told of texts: regular expressions for JSON Schema (ECMA-262, with or without `u`). They take every text that
 * the loader takes, and few others: how long a duration is, say, they cannot tell.
 */

/** As `parseDuration` reads it. */
export const DURATION_PATTERN: string = String.raw`^(?:0|(?:\d+(?:\.\d+)?(?:ms|s|m|h))+)$`;

/** Permission bits in octal. */
export const OCTAL_PATTERN: string = "^0?[0-7]{3}$";

/** As `parsePortRange` reads it. */
export const PORT_RANGE_PATTERN: string = String.raw`^\d{1,5}(?:-\d{1,5})?$`;

/** As `parseToken` reads it. */
export const TOKEN_PATTERN: string = String.raw`^[\x21-\x7E]{1,256}$`;

const PORT = String.raw`0*(?:\d{1,4}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])`;
const TCP = String.raw`(?!(?:unix|fd|systemd):)(?:\[[^\]]+\]|[^:[\]]*):${PORT}`;
const UNIX = String.raw`unix:[^\u0000]+`;
const DESCRIPTOR = String.raw`fd:(?!0*[0-2]$)\d{1,6}`;
const SYSTEMD = String.raw`systemd:[\x21-\x39\x3B-\x7E]{1,255}`;

/** `HOST:PORT`, where it can be nothing else. */
export const TCP_PATTERN: string = `^${TCP}$`;

/** As `parseTarget` reads it. */
export const TARGET_PATTERN: string = `^(?:${TCP}|${UNIX}|${DESCRIPTOR}|${SYSTEMD})$`;

const OCTET = String.raw`(?:25[0-5]|2[0-4]\d|1\d{2}|[1-9]?\d)`;
const IPV4 = String.raw`${OCTET}(?:\.${OCTET}){3}(?:/0*(?:\d|[12]\d|3[0-2]))?`;
const IPV6 = String.raw`[\dA-Fa-f:.]*:[\dA-Fa-f:.]*(?:/0*(?:\d{1,2}|1[01]\d|12[0-8]))?`;

/** As `networks` reads it. */
export const NETWORK_PATTERN: string = `^(?:${IPV4}|${IPV6})$`;
