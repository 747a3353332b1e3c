import * as nodeNet from "node:net";
import { Addr, parseAddress } from "./addr.js";
import type { Address, ParsedAddress } from "./addr.js";
import { BrokenError } from "./errors.js";
import type { Listener, ListenOptions } from "./listener.js";
import { SocketListener } from "./socket-listener.js";

/** Connections that wait for `accept`, and as many again in the kernel's own queue. */
const BACKLOG = 4_096;

/**
 * Listens on `address`; port 0 lets the system choose one. Resolves once connections can arrive.
 *
 * @throws {BrokenError} when the address is taken, not this machine's, or not allowed; `cause` says which.
 * @throws {TypeError} or {RangeError} when the address is none or an option is out of range.
 * @example
 * ```ts
 * import { dial, listen } from "@belfry/net";
 *
 * const listener = await listen("127.0.0.1:0");
 * const client = await dial(listener.addr);
 * const conn = await listener.accept();
 * await conn.write("hello\n");
 * await conn.close();
 * console.log(String(await client.read()).trim()); // hello
 * await client.close();
 * await listener.close();
 * ```
 */
export async function listen(address: Address, options: ListenOptions = {}): Promise<Listener> {
  const backlog = options.backlog ?? BACKLOG;
  if (!Number.isInteger(backlog) || backlog < 1) {
    throw new RangeError(`Cannot listen with backlog ${backlog}: expected a whole number of at least 1`);
  }
  const parsed = parseAddress(address);
  const server = nodeNet.createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true });
  const { reusePort, exclusive } = options;
  server.listen({
    ...(parsed.path === undefined ? { host: parsed.host, port: parsed.port } : { path: parsed.path }),
    backlog,
    ...(reusePort === true && { reusePort }),
    ...(exclusive === true && { exclusive }),
  });
  await new Promise<void>((resolve, reject) => {
    const onError = (cause: Error): void => reject(new BrokenError({ op: "listen", localAddr: asAddr(parsed) }, cause));
    server.once("error", onError);
    server.once("listening", () => {
      server.off("error", onError);
      resolve();
    });
  });
  return new SocketListener(server, boundAddr(server), { ...options, backlog });
}

function asAddr(parsed: ParsedAddress): Addr {
  if (parsed.path !== undefined) return new Addr("unix", "", 0, parsed.path);
  return new Addr("tcp", parsed.host, parsed.port);
}

function boundAddr(server: nodeNet.Server): Addr {
  const bound = server.address();
  if (bound === null || typeof bound === "string") return new Addr("unix", "", 0, bound ?? "");
  return new Addr("tcp", bound.address, bound.port);
}
