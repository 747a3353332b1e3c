import { type Conn, pipe } from "@belfry/net";
import type { Service } from "@belfry/server";
import { Group } from "@belfry/sync";

/** A service at work on one end of a pipe. */
export interface Run {
  readonly client: Conn;
  /** The service's end, for its counts. */
  readonly server: Conn;
  /** How the service ended; its end of the pipe is closed then, or aborted when it threw. */
  readonly ended: Promise<void>;
  readonly drain: () => void;
}

/** Runs `service` as a server would. */
export function runService(service: Service): Run {
  const [client, server] = pipe();
  const draining = new AbortController();
  const hard = new AbortController();
  const group = new Group({ signal: hard.signal });
  const context = { draining: draining.signal, signal: hard.signal, group, id: "test#1" };
  const ended = (async () => {
    try {
      await service(server, context);
      await server.close();
    } catch (error) {
      hard.abort(error);
      server.abort(error);
      throw error;
    }
  })();
  return { client, server, ended, drain: () => draining.abort(new Error("going down")) };
}

/** Everything that still comes, as text. */
export async function readAll(conn: Conn): Promise<string> {
  let text = "";
  for await (const bytes of conn) text += String(bytes);
  return text;
}
