import { describe, it } from "node:test";
import type { Conn } from "./conn.js";
import { backpressureChecks } from "./testing/backpressure.js";
import type { Check } from "./testing/check.js";
import { closingChecks } from "./testing/closing.js";
import { concurrencyChecks } from "./testing/concurrency.js";
import { deadlineChecks } from "./testing/deadlines.js";
import { halfCloseChecks } from "./testing/half-close.js";
import { transferChecks } from "./testing/transfer.js";
import { webStreamChecks } from "./testing/web-streams.js";

/** The two ends of a fresh connection. */
export interface ConnPair {
  readonly a: Conn;
  readonly b: Conn;
  /** Releases what else the pair needs, such as a listener; called once both ends are closed. */
  readonly stop?: (() => void | Promise<void>) | undefined;
}

/** Makes a fresh pair for each check: an object, or just the two ends. */
export type MakePair = () => ConnPair | readonly [Conn, Conn] | Promise<ConnPair | readonly [Conn, Conn]>;

/** Options of {@link connSuite}. */
export interface ConnSuiteOptions {
  /** What the suite is called in the report. Default `"Conn"`. */
  readonly name?: string | undefined;
  /** Whether the peer of an aborted end sees a reset; otherwise the end of the stream will do. Default `true`. */
  readonly hasReset?: boolean | undefined;
  /** Milliseconds after which one check has failed. Default 10,000. */
  readonly timeout?: number | undefined;
}

/**
 * The conformance suite: registers with `node:test` every check that a `Conn` must pass, once for each end.
 *
 * Call it at the top of a test file, or within a `describe`. It covers the contract in the documentation of `Conn`:
 * exact bytes, end of stream, half-close both ways, deadlines and aborts that lose nothing, concurrent calls,
 * backpressure, counters, closing, and the Web Streams.
 *
 * @example
 * ```ts
 * import { pipe } from "@belfry/net";
 * import { connSuite } from "@belfry/net/testing";
 *
 * connSuite(pipe, { name: "pipe", hasReset: false });
 * ```
 */
export function connSuite(makePair: MakePair, options: ConnSuiteOptions = {}): void {
  const { name = "Conn", hasReset = true, timeout = 10_000 } = options;
  void describe(name, () => {
    for (const isSwapped of [false, true]) {
      const check: Check = (title, body) =>
        void it(title, () => runWithPair(makePair, isSwapped ? (a, b) => body(b, a) : body, timeout));
      void describe(isSwapped ? "from b to a" : "from a to b", () => {
        transferChecks(check);
        halfCloseChecks(check);
        closingChecks(check, hasReset);
        deadlineChecks(check);
        concurrencyChecks(check);
        backpressureChecks(check);
        webStreamChecks(check);
      });
    }
  });
}

async function runWithPair(makePair: MakePair, body: Parameters<Check>[1], timeout: number): Promise<void> {
  const made = await makePair();
  const { a, b, stop }: ConnPair = "a" in made ? made : { a: made[0], b: made[1] };
  try {
    await within(timeout, body(a, b));
  } finally {
    a.abort();
    b.abort();
    await within(timeout, Promise.all([a.closed, b.closed]));
    await stop?.();
  }
}

/** Not the timeout of `node:test`, which does not keep a process alive that has nothing but a lost promise left. */
async function within(ms: number, running: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not over after ${ms} ms`)), ms);
  });
  try {
    await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}
