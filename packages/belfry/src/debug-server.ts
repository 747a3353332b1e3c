import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { formatHostPort, type ParsedAddress } from "@belfry/net";
import type { Server } from "@belfry/server";
import { liveTasks } from "@belfry/sync";
import type { Log } from "./log.js";

/** A running debug server. */
export interface DebugServer {
  /** Resolves when nothing of it is left. */
  close(): Promise<void>;
}

/**
 * Shows what the process is doing as JSON over HTTP: `/debug/conns`, the connections and counters of the servers, and
 * `/debug/tasks`, the live tasks of all groups.
 *
 * There is no password on it: listen where only this machine can reach it.
 *
 * @returns once it listens.
 * @throws {Error} when it cannot, naming the address.
 */
export async function startDebugServer(
  address: ParsedAddress,
  servers: readonly Server[],
  log: Log,
): Promise<DebugServer> {
  const pages = new Map<string, () => unknown>([
    ["/debug/conns", () => servers.map(describeServer)],
    ["/debug/tasks", () => liveTasks()],
  ]);
  const http = createServer({ requestTimeout: 5000 }, (request, response) => {
    const page = pages.get((request.url ?? "").replace(/\?.*$/, ""));
    const body = page === undefined ? { pages: [...pages.keys()] } : page();
    response.writeHead(page === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(`${JSON.stringify(body, null, 2)}\n`);
  });
  await new Promise<void>((resolve, reject) => {
    http.once("error", (cause) => {
      reject(
        new Error(`Cannot listen on ${formatHostPort(address.host ?? "", address.port ?? 0)}: ${cause.message}`, {
          cause,
        }),
      );
    });
    http.listen(address.port, address.host, resolve);
  });
  const { address: ip, port } = http.address() as AddressInfo;
  log.write("info", `debugging on http://${formatHostPort(ip, port)}/debug/conns`);
  return {
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
}

function describeServer(server: Server): unknown {
  const { name, addr, state, counters } = server;
  const connections = server.connections().map((connection) => ({
    ...connection,
    localAddr: String(connection.localAddr),
    remoteAddr: String(connection.remoteAddr),
  }));
  return { name, address: String(addr), state, counters, connections };
}
