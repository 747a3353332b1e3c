import { ReplyError } from "./reply.js";

/** An address a client gave or is given: an IP address without a zone, and a port. */
export interface HostPort {
  /** IPv4 without leading zeros; IPv6 in lower case and shortened (RFC 5952 §4), an embedded IPv4 address in hex. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
}

/**
 * The argument of PORT: `h1,h2,h3,h4,p1,p2`.
 *
 * @throws {ReplyError} 501 for anything else.
 * @see RFC 959 §4.1.2
 */
export function parsePort(text: string): HostPort {
  const numbers = /^\d{1,3}(?:,\d{1,3}){5}$/.test(text) ? text.split(",").map(Number) : [];
  const [high = 0, low = 0] = numbers.slice(4);
  const port = high * 256 + low;
  if (port === 0 || numbers.some((number) => number > 255)) throw new ReplyError(501, "Use h1,h2,h3,h4,p1,p2");
  return { host: numbers.slice(0, 4).join("."), port };
}

/**
 * The argument of EPRT: protocol, address and port, each between delimiters, which are any one printable character. The
 * zone of a link-local address is dropped: it says something to the client's machine alone.
 *
 * @throws {ReplyError} 522 for a protocol that is neither 1 (IPv4) nor 2 (IPv6), 501 for anything else that is wrong.
 * @see RFC 2428 §2
 */
export function parseExtendedPort(text: string): HostPort {
  const delimiter = text.slice(0, 1);
  const fields = /^[!-~]/.test(text) ? text.split(delimiter) : [];
  const [before, protocol = "", address = "", portText = "", after] = fields;
  if (fields.length !== 5 || before !== "" || after !== "" || !/^\d{1,5}$/.test(protocol)) throw malformed();
  if (protocol !== "1" && protocol !== "2") throw new ReplyError(522, "Network protocol not supported, use (1,2)");
  const host = protocol === "1" ? parseIpv4(address) : parseIpv6(address.replace(/%[\w.-]+$/, ""));
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : 0;
  if (host === null || port < 1 || port > 65_535) throw malformed();
  return { host, port };
}

/**
 * `h1,h2,h3,h4,p1,p2`, as in the reply to PASV.
 *
 * @throws {ReplyError} 522 for an IPv6 address, which has no such form.
 */
export function formatPort(hostPort: HostPort): string {
  const host = parseIpv4(hostPort.host.replace(/^::ffff:/i, ""));
  if (host === null) throw new ReplyError(522, "No IPv4 address here, use EPSV");
  return `${host.replaceAll(".", ",")},${hostPort.port >> 8},${hostPort.port & 0xff}`;
}

/** `(|||6446|)`, as in the reply to EPSV (RFC 2428 §3). */
export function formatExtendedPassive(port: number): string {
  return `(|||${port}|)`;
}

/** Without leading zeros: there are readers who take such numbers for octal ones. */
function parseIpv4(text: string): string | null {
  const parts = text.split(".");
  const isAddress =
    parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return isAddress ? text : null;
}

/** URLs hold IPv6 addresses too, and bring them into one form. */
function parseIpv6(text: string): string | null {
  const url = `ftp://[${text}]`;
  return /^[\da-f:.]+$/i.test(text) && URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : null;
}

function malformed(): ReplyError {
  return new ReplyError(501, "Use |protocol|address|port|");
}
