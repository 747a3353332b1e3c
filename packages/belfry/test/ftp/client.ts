import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type Account, ftp, type FtpOptions, memoryStorage, type Storage } from "@belfry/ftp";
import { type Server, serve } from "@belfry/server";
import type { Io } from "../../src/io.js";
import { main } from "../../src/main.js";
import { memoryIo } from "../memory-io.js";

/** How a run of the client ended. */
export interface ClientRun {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a run is given beside its arguments. */
export interface ClientInput {
  /** Standard input; empty by default. */
  readonly input?: string;
  readonly env?: Record<string, string>;
  readonly signals?: Io["signals"];
}

/** An empty folder, as a place for local files. */
export interface Folder extends Disposable {
  readonly path: string;
  /** The path of a file in it. */
  readonly file: (name: string) => string;
}

export function temporaryFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "belfry-ftp-"));
  return {
    path,
    file: (name) => join(path, name),
    [Symbol.dispose]: () => rmSync(path, { recursive: true }),
  };
}

/** Runs `belfry ftp` in this process, in a home without a `.netrc`. */
export async function runClient(args: readonly string[], more: ClientInput = {}): Promise<ClientRun> {
  const { input = "", env = {}, signals } = more;
  const { io, stdout, stderr } = memoryIo({ HOME: "/nonexistent", ...env });
  const status = await main(["ftp", ...args], {
    ...io,
    stdin: Readable.from([Buffer.from(input)]),
    ...(signals !== undefined && { signals }),
  });
  return { status, stdout: stdout(), stderr: stderr() };
}

/** A service with one user, `ann`, whose password is `secret` and who may write. */
export async function serveFtp(
  options: FtpOptions = {},
  host = "127.0.0.1",
): Promise<{ server: Server; storage: Storage; at: string }> {
  const storage = memoryStorage();
  const account: Account = { name: "ann", storage, permissions: "write" };
  const service = ftp({
    authenticate: ({ user, password }) => {
      if (user === "anonymous") return { name: "anonymous", storage, permissions: "read" };
      return user === "ann" && password === "secret" ? account : null;
    },
    throttle: { delay: 1 },
    ...options,
  });
  const server = await serve({ host, port: 0 }, service);
  return { server, storage, at: `ann:secret@127.0.0.1:${server.addr.port}` };
}

/** Puts a file into a storage. */
export async function store(storage: Storage, path: string, content: string | Uint8Array): Promise<void> {
  const writer = await storage.openWrite(path);
  await writer.write(typeof content === "string" ? Buffer.from(content) : content);
  await writer.commit();
}

/** A file's content; `null` when there is none. */
export async function stored(storage: Storage, path: string): Promise<Buffer | null> {
  try {
    const reader = await storage.openRead(path);
    const chunks: Buffer[] = [];
    for await (const chunk of reader) chunks.push(Buffer.from(chunk));
    await reader.close();
    return Buffer.concat(chunks);
  } catch {
    return null;
  }
}
