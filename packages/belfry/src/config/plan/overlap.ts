import { isIPv4 } from "node:net";
import { formatTarget, type ListenTarget } from "../schema/listen-target.js";

/** Whether two targets cannot both be listened on, as far as names tell: of one that is no IP address they do not. */
export function overlap(one: ListenTarget, other: ListenTarget): boolean {
  if (one.kind !== "tcp" || other.kind !== "tcp") return formatTarget(one) === formatTarget(other);
  // Port 0 is another one each time.
  if (one.port !== other.port || one.port === 0) return false;
  return one.host === other.host || takesIn(one.host, other.host) || takesIn(other.host, one.host);
}

/** The addresses of a machine together take in each of them. BSD gives a dial to the socket that names its address, and lets both listen. */
function takesIn(whole: string, host: string): boolean {
  if (process.platform !== "linux") return false;
  // IPv4 arrives there, too.
  return whole === "::" || (whole === "0.0.0.0" && isIPv4(host));
}
