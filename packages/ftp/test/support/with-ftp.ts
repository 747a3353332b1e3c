import type { Server } from "@belfry/server";
import { serve } from "@belfry/server";
import { ftp } from "../../src/ftp.js";
import type { FtpService } from "../../src/ftp.js";
import type { FtpOptions } from "../../src/options.js";
import { memoryStorage } from "../../src/storage/memory-storage.js";
import type { Storage } from "../../src/storage/storage.js";
import type { Account } from "../../src/users/account.js";
import { Probe } from "./probe.js";

/** What a test has of a running service. */
export interface Running {
  readonly server: Server;
  readonly service: FtpService;
  /** The files of the account `ann`. */
  readonly storage: Storage;
  /** A client that has connected and taken the greeting; closed when the test ends. */
  readonly connect: (localAddress?: string) => Promise<Probe>;
  /** The same, logged in as `ann`. */
  readonly login: () => Promise<Probe>;
}

/** Options of {@link withFtp}. */
export interface WithFtpOptions extends FtpOptions {
  /** Where to listen. Default `"127.0.0.1"`. */
  readonly host?: string;
  /** More of the account `ann`, who may write and whose password is `secret`. */
  readonly account?: Partial<Account>;
  readonly files?: Storage;
}

/** Serves FTP on a port of its own while `body` runs, with one user: `ann`, who may write. */
export async function withFtp(options: WithFtpOptions, body: (running: Running) => Promise<void>): Promise<void> {
  const { host = "127.0.0.1", account: more, files, ...ftpOptions } = options;
  const storage = files ?? memoryStorage();
  const account: Account = { name: "ann", storage, permissions: "write", ...more };
  const service = ftp({
    authenticate: ({ user, password }) => (user === "ann" && password === "secret" ? account : null),
    throttle: { delay: 1 },
    ...ftpOptions,
  });
  const server = await serve({ host, port: 0, name: "ftp" }, service);
  const probes: Probe[] = [];
  const connect = async (localAddress?: string): Promise<Probe> => {
    const probe = await Probe.connect(server.addr, localAddress);
    probes.push(probe);
    return probe;
  };
  const login = async (): Promise<Probe> => {
    const probe = await connect();
    await probe.login("ann", "secret");
    return probe;
  };
  try {
    await body({ server, service, storage, connect, login });
  } finally {
    for (const probe of probes) probe.close();
    await server.shutdown({ timeout: 1000 });
  }
}

/** Puts a file into a storage. */
export async function put(storage: Storage, path: string, content: string | Uint8Array): Promise<void> {
  const writer = await storage.openWrite(path);
  await writer.write(typeof content === "string" ? Buffer.from(content) : content);
  await writer.commit();
}

/** A file's content, or `null` when there is none. */
export async function get(storage: Storage, path: string): Promise<string | null> {
  try {
    const reader = await storage.openRead(path);
    const chunks: Buffer[] = [];
    for await (const chunk of reader) chunks.push(Buffer.from(chunk));
    await reader.close();
    return Buffer.concat(chunks).toString("latin1");
  } catch {
    return null;
  }
}
