import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { formatHostPort } from "@belfry/net";
import type { Log } from "../log/log.js";
import { isLoopbackHost } from "../loopback.js";
import { Answerer } from "./answerer.js";
import { createGate } from "./gate.js";
import type { Route } from "./route.js";

/** Options of {@link startWebServer}. */
export interface WebServerOptions {
  readonly host: string;
  readonly port: number;
  /** What a request has to bring; `null` for nothing, which only does where this machine alone can ask. */
  readonly token: string | null;
  /** Whether everybody may see all of it, wherever they are. Default `false`. */
  readonly isPublic?: boolean | undefined;
  readonly routes: readonly Route[];
  /** Whether what is shown goes down, so that some of it cannot be had any more. Never rejects. Default: it does not. */
  readonly isDraining?: (() => Promise<boolean>) | undefined;
}

/** A running server of pages. */
export interface WebServer {
  /** `HOST:PORT`, with the real port when 0 was asked. */
  readonly addr: string;
  /**
   * Stops listening, tells requests under way that it goes down, ends feeds, and hangs up. Resolves when nothing is
   * left, within a moment; idempotent.
   */
  close(): Promise<void>;
}

/** Sockets at a time. */
const MAX_SOCKETS = 256;
/** Bytes of a request's head. */
const MAX_HEAD = 16_384;
/** For a request to arrive, in milliseconds. */
const REQUEST_TIMEOUT = 5000;
const KEEP_ALIVE = 5000;
/** What an answer that says "going down" has to leave in, in milliseconds. */
const FAREWELL = 200;

/**
 * Serves pages, to be read alone: GET and HEAD, answered by a table of routes.
 *
 * @returns once it listens.
 * @throws {Error} when it cannot listen, naming the address; or when the address is not this machine's own, the pages
 * are not public, and there is no token.
 */
export async function startWebServer(options: WebServerOptions, log: Log): Promise<WebServer> {
  const { host, port, token, isPublic = false, routes, isDraining = never } = options;
  const where = formatHostPort(host, port);
  const isGuarded = token !== null || isPublic;
  if (!isGuarded && !isLoopbackHost(host)) throw new Error(describeOpen(where));
  const http = createServer({
    requestTimeout: REQUEST_TIMEOUT,
    headersTimeout: REQUEST_TIMEOUT,
    keepAliveTimeout: KEEP_ALIVE,
    maxHeaderSize: MAX_HEAD,
  });
  http.maxConnections = MAX_SOCKETS;
  await listening(http, options);
  const bound = http.address() as AddressInfo;
  const isLoopback = isLoopbackHost(bound.address);
  if (!isGuarded && !isLoopback) {
    http.close();
    throw new Error(describeOpen(where));
  }
  const answerer = new Answerer({ routes, gate: createGate({ token, isLoopback }), log, isDraining });
  http.on("request", (request, response) => answerer.answer(request, response));
  return new RunningWebServer(http, answerer, formatHostPort(bound.address, bound.port));
}

const never = (): Promise<boolean> => Promise.resolve(false);

function describeOpen(where: string): string {
  return `Cannot show what runs on ${where}: an address others can reach wants a token (--debug-token or BELFRY_DEBUG_TOKEN)`;
}

function listening(http: Server, { host, port }: WebServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (cause: NodeJS.ErrnoException): void => {
      reject(new Error(`Cannot listen on ${formatHostPort(host, port)}: ${cause.code ?? cause.message}`, { cause }));
    };
    http.once("error", onError);
    http.listen(port, host, () => {
      http.off("error", onError);
      // What fails later is one connection's: too few descriptors to accept it.
      http.on("error", () => {});
      resolve();
    });
  });
}

class RunningWebServer implements WebServer {
  readonly addr: string;
  readonly #http: Server;
  readonly #answerer: Answerer;
  #closed: Promise<void> | undefined;

  constructor(http: Server, answerer: Answerer, addr: string) {
    this.#http = http;
    this.#answerer = answerer;
    this.addr = addr;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  #close(): Promise<void> {
    return new Promise((resolve) => {
      const hangUp = setTimeout(() => this.#http.closeAllConnections(), FAREWELL);
      this.#http.close(() => {
        clearTimeout(hangUp);
        resolve();
      });
      this.#http.closeIdleConnections();
      this.#answerer.close();
    });
  }
}
