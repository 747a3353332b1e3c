import type { AcceptedConfig } from "../config/accepted-config.js";
import type { ConfigSource } from "../config/source/config-source.js";
import type { Io } from "../io.js";
import { HeldPrints } from "../log/held-prints.js";
import type { LogFormat } from "../log/log.js";
import { PrintLog } from "../log/print-log.js";
import type { Prints } from "../log/prints.js";
import { type ReadOptions, readPlan } from "./plan-process.js";

/** Reads the configurations of one host. What modules print meanwhile goes to its log where that is for machines. */
export class PlanReader {
  readonly #io: Io;
  readonly #env: NodeJS.ProcessEnv;
  #format: LogFormat | null = null;

  constructor(io: Io, env: NodeJS.ProcessEnv) {
    this.#io = io;
    this.#env = env;
  }

  /** As `readPlan`, to which what is typed says where prints go, else what was read: the file itself says so, and loads last. */
  async read(source: ConfigSource, options: ReadOptions): Promise<AcceptedConfig> {
    const typed = source.overrides.logFormat ?? null;
    if (typed === "text") return readPlan(source, this.#env, options);
    const held = new HeldPrints();
    try {
      const config = await readPlan(source, this.#env, { ...options, prints: held });
      this.#format = config.plan.logFormat;
      return config;
    } finally {
      held.open(await this.#prints(typed ?? this.#format));
    }
  }

  async #prints(format: LogFormat | null): Promise<Prints> {
    if (format === "json") return (await PrintLog.create(this.#io.stderr)).from({});
    return {
      write: (lines) => {
        for (const { stream, text, isCut } of lines) this.#io[stream].write(isCut ? text : `${text}\n`);
      },
      room: null,
    };
  }
}
