import { formatHostPort } from "@belfry/net";
import type { LastingControl } from "../control/lasting-control.js";
import type { HostPlan } from "../config/plan/host-plan.js";
import type { DebugServer } from "../debug/start-debug-server.js";
import type { HostControls, HostView } from "../inspect/host-view.js";
import type { Log } from "../log/log.js";
import type { DebugTarget } from "../options/debug-target.js";
import type { Change } from "./generations.js";
import type { Ending } from "./messages.js";

interface Debugging {
  readonly plan: DebugTarget;
  readonly server: DebugServer;
}

/** The host's servers for those who look and command: the debug server and the control socket. */
export class Front {
  readonly #host: HostView & HostControls;
  readonly #log: Log;
  #debug: Debugging | null = null;
  #control: LastingControl | null = null;

  constructor(host: HostView & HostControls, log: Log) {
    this.#host = host;
    this.#log = log;
  }

  /** Where the debug server listens. */
  get debugAddr(): string | null {
    return this.#debug?.server.addr ?? null;
  }

  /**
   * Brings both to where they are planned; one that is there already stays.
   *
   * @returns the change: made final, it ends what is not needed any more.
   * @throws when one cannot be had; nothing has changed then.
   */
  async change({ debug, control }: HostPlan): Promise<Change> {
    const [oldDebug, oldControl] = [this.#debug, this.#control];
    // The same address with another token can only be had once the old server is gone.
    const mustWait = debug !== null && oldDebug !== null && isAt(debug, oldDebug);
    const nextDebug = mustWait ? oldDebug : await this.#startDebug(debug);
    const revertDebug = async (): Promise<void> => {
      if (nextDebug !== oldDebug) await nextDebug?.server.close();
    };
    const nextControl = await this.#startControl(control).catch(async (error: unknown) => {
      await revertDebug();
      throw error;
    });
    return {
      commit: async () => {
        [this.#debug, this.#control] = [nextDebug, nextControl];
        if (oldDebug !== nextDebug) await oldDebug?.server.close();
        if (mustWait && debug.token !== oldDebug.plan.token) await this.#replaceDebug(debug, oldDebug);
        // Not waited for: who has asked for the reload is still there, for the answer.
        if (oldControl !== nextControl) void oldControl?.close();
      },
      revert: async () => {
        await revertDebug();
        if (nextControl !== oldControl) await nextControl?.close();
      },
    };
  }

  /** Tells the log where the debug server is, once for each. */
  announce(): void {
    this.#debug?.server.announce();
  }

  /** Ends both; whoever waits for the end of a drain is told how it went. */
  async close(outcome?: Ending): Promise<void> {
    await Promise.all([this.#control?.close(outcome), this.#debug?.server.close()]);
  }

  async #startDebug(plan: DebugTarget | null): Promise<Debugging | null> {
    if (plan === null) return null;
    const { startDebugServer } = await import("../debug/start-debug-server.js");
    const { host, port, token } = plan;
    return { plan, server: await startDebugServer({ host, port, token, view: this.#host }, this.#log) };
  }

  async #replaceDebug(plan: DebugTarget, old: Debugging): Promise<void> {
    this.#debug = null;
    await old.server.close();
    try {
      this.#debug = await this.#startDebug(plan);
    } catch (error) {
      this.#log.write("error", `The debug server is gone: ${(error as Error).message}`);
    }
  }

  async #startControl(path: string | null): Promise<LastingControl | null> {
    if (path === null) return null;
    if (this.#control?.path === path) {
      await this.#control.look();
      return this.#control;
    }
    const { startLastingControl } = await import("../control/lasting-control.js");
    return startLastingControl(path, this.#host, this.#log);
  }
}

function isAt({ host, port }: DebugTarget, { plan, server }: Debugging): boolean {
  return (host === plan.host && port === plan.port) || formatHostPort(host, port) === server.addr;
}
