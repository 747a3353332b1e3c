import { createHash } from "node:crypto";

const RULES = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];

/**
 * The content security policy of a page: everything from this server, no scripts within the page but its import maps,
 * which are allowed by their hashes.
 *
 * @see https://www.w3.org/TR/CSP3/
 */
export function pagePolicy(html: string): string {
  const maps = [...html.matchAll(/<script type="importmap">(.*?)<\/script>/gs)].map(([, text = ""]) => {
    return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  });
  return [...RULES, ["script-src 'self'", ...maps].join(" ")].join("; ");
}
