import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";
import { isLoopbackHost } from "../loopback.js";
import { quoted, RequestError } from "./request-error.js";

/** Who is let in. */
export interface GateOptions {
  /** What a request has to bring; `null` for nothing. */
  readonly token: string | null;
  /** Whether the server listens on this machine alone. */
  readonly isLoopback: boolean;
}

/** Looks at a request's headers before anything else does. Throws {@link RequestError} 401 or 403 when it may not pass. */
export type Gate = (headers: IncomingHttpHeaders) => void;

const CHALLENGE = { "www-authenticate": 'Basic realm="belfry", charset="UTF-8"' };

/**
 * Makes a gate that asks for a token, as `Authorization: Bearer TOKEN` or as the password of Basic with any user name,
 * and turns away what a foreign web page sends from a browser on this machine.
 */
export function createGate({ token, isLoopback }: GateOptions): Gate {
  const expected = token === null ? null : digest(token);
  return (headers) => {
    // A name somebody else controls can point at this machine, and their page then has this server's origin (DNS rebinding).
    if (isLoopback && headers.host !== undefined && !isOwnName(headers.host)) {
      throw new RequestError(
        403,
        `Cannot answer for the host ${quoted(headers.host)}: expected localhost or an address`,
      );
    }
    // Answers cannot be read across origins, but a profile or a snapshot costs by being made.
    if (isForeign(headers)) throw new RequestError(403, "Cannot answer a page of another origin");
    if (expected !== null && !timingSafeEqual(digest(readToken(headers.authorization)), expected)) {
      throw new RequestError(401, "Cannot answer without the token of this server", CHALLENGE);
    }
  };
}

function isOwnName(host: string): boolean {
  const name = host
    .replace(/:\d+$/, "")
    .replace(/^\[(.*)\]$/, "$1")
    .toLowerCase();
  return isIP(name) !== 0 || isLoopbackHost(name);
}

function isForeign(headers: IncomingHttpHeaders): boolean {
  const site = headers["sec-fetch-site"];
  if (site === undefined || site === "same-origin" || site === "none") return false;
  return headers["sec-fetch-mode"] !== "navigate" || headers["sec-fetch-dest"] !== "document";
}

/** What was brought; empty when nothing was, and no token is empty. */
function readToken(authorization = ""): string {
  const [, scheme = "", value = ""] = /^(\w+) +(\S+) *$/.exec(authorization) ?? [];
  if (scheme.toLowerCase() === "bearer") return value;
  if (scheme.toLowerCase() !== "basic") return "";
  const pair = Buffer.from(value, "base64").toString("utf8");
  return pair.includes(":") ? pair.slice(pair.indexOf(":") + 1) : "";
}

/** Of equal length whatever the text, so that comparing takes equal time. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
