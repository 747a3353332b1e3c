import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { onAbort } from "@belfry/sync";
import type { Log } from "../log/log.js";
import { nearWord } from "../text/near-word.js";
import { EventStream } from "./event-stream.js";
import type { Gate } from "./gate.js";
import { quoted, RequestError } from "./request-error.js";
import { type FeedReply, type Reply, type Route, type RouteRequest, textReply } from "./route.js";

/** For an answer to be ready, in milliseconds: what asks a worker that hangs is not to hang with it. */
const ANSWER_TIMEOUT = 5000;

const COMMON_HEADERS = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};

/** What an {@link Answerer} works with. */
export interface AnswererParts {
  readonly routes: readonly Route[];
  readonly gate: Gate;
  readonly log: Log;
  /** Whether what is shown goes down, so that some of it cannot be had any more. Never rejects. */
  readonly isDraining: () => Promise<boolean>;
}

/** Answers requests from a table of routes. Whatever goes wrong becomes a status and one line of text. */
export class Answerer {
  readonly #parts: AnswererParts;
  readonly #log: Log;
  readonly #underWay = new Set<AbortController>();
  readonly #streams = new Set<EventStream>();
  #isClosed = false;

  constructor(parts: AnswererParts) {
    this.#parts = parts;
    this.#log = parts.log;
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const controller = new AbortController();
    this.#underWay.add(controller);
    const startedAt = performance.now();
    response.once("close", () => {
      this.#underWay.delete(controller);
      controller.abort(new Error("the client has gone"));
      this.#note(request, response, performance.now() - startedAt);
    });
    this.#run(request, response, controller).catch(() => response.destroy());
  }

  /** Ends feeds, and answers 503 to all that is not answered yet, and to what still comes. */
  close(): void {
    this.#isClosed = true;
    for (const stream of this.#streams) stream.close();
    for (const controller of this.#underWay) controller.abort(goingDown());
  }

  async #run(request: IncomingMessage, response: ServerResponse, controller: AbortController): Promise<void> {
    let reply: Reply | FeedReply;
    try {
      reply = await this.#ask(request, controller);
    } catch (error) {
      if (response.destroyed) return;
      reply = await this.#describe(error, request);
    }
    if (this.#isClosed) response.setHeader("connection", "close");
    if ("open" in reply) this.#openStream(response, reply);
    else await send(response, reply, request.method === "HEAD");
  }

  async #ask(request: IncomingMessage, controller: AbortController): Promise<Reply | FeedReply> {
    const { pathname, query } = readTarget(request.url ?? "");
    const route = this.#parts.routes.find(({ path }) => matches(path, pathname));
    if (route?.isOpen !== true) this.#parts.gate(request.headers);
    if (this.#isClosed) throw goingDown();
    if (request.method !== "GET" && request.method !== "HEAD") {
      throw new RequestError(405, `Cannot ${request.method}: pages are only read`, { allow: "GET, HEAD" });
    }
    if (route === undefined) throw new RequestError(404, this.#describeMissing(pathname));
    if (route.isSlow === true && request.method === "HEAD") return { type: "application/octet-stream", body: "" };
    const timer =
      route.isSlow === true ? undefined : setTimeout(() => controller.abort(late(pathname)), ANSWER_TIMEOUT);
    try {
      const { headers } = request;
      return await ask(route, { path: pathname, query, headers, signal: controller.signal });
    } finally {
      clearTimeout(timer);
    }
  }

  #openStream(response: ServerResponse, reply: FeedReply): void {
    response.writeHead(200, { ...COMMON_HEADERS, "content-type": "text/event-stream; charset=utf-8" });
    if (response.req.method === "HEAD") {
      response.end();
      return;
    }
    const stream = new EventStream(response);
    this.#streams.add(stream);
    stream.onClosed(() => this.#streams.delete(stream));
    reply.open(stream);
  }

  async #describe(error: unknown, request: IncomingMessage): Promise<Reply> {
    if (error instanceof RequestError) {
      return { ...textReply(error.message, error.status), headers: error.headers };
    }
    const message = (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, " ");
    if (error instanceof RangeError) return textReply(message, 400);
    if (await this.#parts.isDraining()) return textReply(`Cannot answer while the host goes down: ${message}`, 503);
    this.#log.write("warn", `debug server: cannot answer ${pathOf(request)}: ${message}`);
    return textReply(`Cannot answer: ${message}`, 500);
  }

  #describeMissing(path: string): string {
    const paths = this.#parts.routes.map((route) => route.path).filter((each) => !each.endsWith("*"));
    const near = nearWord(path, paths);
    const hint = near === null ? `there are ${paths.join(", ")}` : `did you mean ${near}?`;
    return `Cannot find ${quoted(path)}: ${hint}`;
  }

  #note(request: IncomingMessage, response: ServerResponse, elapsed: number): void {
    if (!this.#log.writes("debug")) return;
    // Without the query: somebody may have put a secret there.
    const line = `${request.method} ${pathOf(request)} ${response.statusCode} in ${Math.round(elapsed)} ms`;
    this.#log.write("debug", `debug server: ${line}`);
  }
}

/** The answer, or the reason of the signal, whichever comes first. */
function ask(route: Route, request: RouteRequest): Promise<Reply | FeedReply> {
  return new Promise((resolve, reject) => {
    const off = onAbort(request.signal, reject);
    void Promise.resolve()
      .then(() => route.answer(request))
      .then(resolve, reject)
      .finally(off);
  });
}

function readTarget(target: string): { pathname: string; query: URLSearchParams } {
  try {
    if (!/^\/(?!\/)/.test(target)) throw new TypeError("no path");
    const { pathname, searchParams } = new URL(target, "http://localhost");
    return { pathname: decodeURIComponent(pathname), query: searchParams };
  } catch {
    throw new RequestError(400, `Cannot use the address ${quoted(target)}: expected a path`);
  }
}

function matches(pattern: string, path: string): boolean {
  return pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}

async function send(response: ServerResponse, reply: Reply, isHead: boolean): Promise<void> {
  const { status = 200, type, headers, body } = reply;
  const isStream = body !== undefined && typeof body !== "string" && !(body instanceof Uint8Array);
  const length = isStream || body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
  response.writeHead(status, { ...COMMON_HEADERS, "content-type": type, ...length, ...headers });
  if (isHead || body === undefined) response.end();
  else if (isStream) await pipeline(Readable.from(body), response);
  else response.end(body);
}

function pathOf(request: IncomingMessage): string {
  const [path = ""] = (request.url ?? "").split("?");
  return quoted(path).slice(1, -1);
}

function goingDown(): RequestError {
  return new RequestError(503, "Cannot answer: the server is going down");
}

function late(path: string): RequestError {
  return new RequestError(503, `Cannot answer ${quoted(path)}: not ready after ${ANSWER_TIMEOUT / 1000} s`);
}
