import type { IncomingHttpHeaders } from "node:http";
import type { EventStream } from "./event-stream.js";

/** A GET or HEAD request, as far as routes look at it. */
export interface RouteRequest {
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Aborted when the client has gone, when the answer takes too long, and when the server closes. */
  readonly signal: AbortSignal;
}

/** An answer with a body. */
export interface Reply {
  /** Default 200. */
  readonly status?: number;
  readonly type: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Absent for an answer that has none, such as 304. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
}

/** An answer that goes on: server-sent events. */
export interface FeedReply {
  /** Called once the head is on its way. The stream ends with the client, or with the server. */
  open(stream: EventStream): void;
}

/** One address of a server. Each stands in a file under `routes/`. */
export interface Route {
  /** What it answers to: a path, or with `*` at its end every path that begins so. */
  readonly path: string;
  /** One line for the list of pages, without a full stop. */
  readonly summary: string;
  /** Answered without the token, whatever the Host header says: probes know neither. */
  readonly isOpen?: boolean;
  /** Takes its time by design: no deadline, and HEAD does not run it. */
  readonly isSlow?: boolean;
  /**
   * @throws {RequestError} for what the client gets instead.
   * @throws {RangeError} for a query that asks for what is not there: 400.
   * @throws anything else for a failure: 500.
   */
  answer(request: RouteRequest): Reply | FeedReply | Promise<Reply | FeedReply>;
}

/** An answer as JSON. */
export function jsonReply(value: unknown): Reply {
  return { type: "application/json; charset=utf-8", body: `${JSON.stringify(value)}\n` };
}

/** One line of text. */
export function textReply(line: string, status = 200): Reply {
  return { status, type: "text/plain; charset=utf-8", body: `${line}\n` };
}
