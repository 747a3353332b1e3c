import { pagePolicy } from "./page-policy.js";
import { RequestError } from "./request-error.js";
import type { Reply, Route, RouteRequest } from "./route.js";
import { readStaticFile, type StaticFile } from "./static-files.js";

/** A page of `web/assets` at an address of its own. */
export function pageRoute(path: string, file: string, summary: string): Route {
  return { path, summary, answer: (request) => answerFile(file, request) };
}

/** `/assets/*`: what pages consist of. */
export const assetsRoute: Route = {
  path: "/assets/*",
  summary: "what pages consist of",
  answer: (request) => answerFile(request.path.slice("/assets/".length), request),
};

async function answerFile(name: string, { path, headers }: RouteRequest): Promise<Reply> {
  const file = await readStaticFile(name);
  if (file === null) throw new RequestError(404, `Cannot find ${JSON.stringify(path.slice(0, 100))}: no such file`);
  const caching = { "cache-control": "no-cache", etag: file.etag, ...policyOf(file) };
  const isKnown = headers["if-none-match"]?.split(",").some((each) => each.trim().replace(/^W\//, "") === file.etag);
  if (isKnown === true) return { status: 304, type: file.type, headers: caching };
  return { type: file.type, headers: caching, body: file.content };
}

function policyOf({ type, content }: StaticFile): Readonly<Record<string, string>> {
  return type.startsWith("text/html") ? { "content-security-policy": pagePolicy(String(content)) } : {};
}
