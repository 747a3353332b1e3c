import type { Addr, Conn } from "@belfry/net";
import { Group, traceSource } from "@belfry/sync";

/** A server on the list of live tasks: one for the server, and below it one for each connection's service. */
export class ServiceTasks {
  readonly #name: string;
  readonly #addr: Addr;
  #services: Group | null = null;
  #isAccepting = true;

  constructor(name: string, addr: Addr) {
    this.#name = name;
    this.#addr = addr;
  }

  /** Runs the accept loop; the server stays on the list until its services have ended, too. */
  accept(loop: () => Promise<void>): Promise<void> {
    let accepting = Promise.resolve();
    const run = async (): Promise<void> => {
      // Made in the server's task, which is thus the parent of what runs in it.
      const services = (this.#services = new Group({ name: this.#name }));
      traceSource(this);
      accepting = loop();
      await accepting.catch(() => {});
      this.#isAccepting = false;
      await services.wait();
    };
    new Group({ name: "servers" }).tryGo(run, this.#name);
    return accepting;
  }

  /** Runs the service of a connection. */
  serve(conn: Conn, id: string, run: () => Promise<void>): void {
    const serve = (): Promise<void> => {
      traceSource(conn);
      return run();
    };
    this.#services?.tryGo(serve, id);
  }

  describeWait(): string {
    return this.#isAccepting ? `Listener.accept ${String(this.#addr)}` : "Group.wait";
  }
}
