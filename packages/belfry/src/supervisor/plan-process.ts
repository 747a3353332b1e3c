import type { ConfigSource } from "../config/source/config-source.js";
import type { Prints } from "../log/prints.js";
import { describeExit } from "./describe-exit.js";
import { limitLoading } from "./loading-limit.js";
import type { PlanMessage, PlanRequest, ReadConfig } from "./messages.js";
import { relayPrints } from "./relay-prints.js";
import { startChild } from "./start-child.js";

/** Options of {@link readPlan}. */
export interface ReadOptions {
  /** Ends it early; then rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Called with the process that reads, or none where it could not be started. */
  readonly onStarted?: (pid: number | undefined) => void;
  /** It is to be checked, and not to be served. Default `false`. */
  readonly isCheck?: boolean;
  /** Where what modules print goes. Default: where this process prints. */
  readonly prints?: Prints;
}

/**
 * Loads and checks a configuration in a process of its own, so that modules are fresh and a bad one hurts nobody.
 *
 * @throws {Error} with what is wrong with it: several problems are several lines. After a minute, naming what takes so long.
 */
export function readPlan(
  source: ConfigSource,
  env: NodeJS.ProcessEnv,
  { signal, onStarted, isCheck = false, prints }: ReadOptions = {},
): Promise<ReadConfig> {
  signal?.throwIfAborted();
  const child = startChild("planner", { env, isRead: prints !== undefined });
  const printed = prints === undefined ? Promise.resolve() : relayPrints(child, prints);
  onStarted?.(child.pid);
  return new Promise<ReadConfig>((resolve, reject) => {
    const fail = (why: string, cause?: unknown): void => {
      release();
      reject(new Error(`Cannot load the configuration: ${why}`, { cause }));
    };
    let thrown = "";
    const limit = limitLoading((why) => {
      fail(why);
      child.kill("SIGKILL");
    });
    const onAbort = (): void => {
      reject(signal?.reason);
      child.kill("SIGKILL");
    };
    const release = (): void => {
      limit.end();
      signal?.removeEventListener("abort", onAbort);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    child.on("message", (message: PlanMessage) => {
      if (message.type === "loading") limit.loading(message.path);
      else if (message.type === "thrown") thrown = `: ${message.what}`;
      else if (message.type === "plan") {
        const { plan, accepted, remarks } = message;
        resolve({ plan, accepted, remarks });
      } else {
        // What was printed before goes before it; what was said last ends the process.
        void printed.then(() => reject(new Error(message.message)));
      }
    });
    // No other event follows where it could not be started.
    child.on("error", (cause) => fail(cause.message, cause));
    // `exit` may overtake the last message; `close` does not.
    child.on("close", (code, killedBy) => {
      const how = describeExit(code, killedBy);
      void printed.then(() => fail(`its process ended with ${how}${limit.where}${thrown}`));
    });
    // The callback takes the error, which would otherwise be an event.
    if (child.connected) child.send({ source, isCheck } satisfies PlanRequest, () => {});
  });
}
