import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "@belfry/server";
import type { Server } from "@belfry/server";
import { certificate } from "@belfry/testkit";
import { ftp } from "../../src/ftp.js";
import type { FtpService } from "../../src/ftp.js";
import { diskStorage } from "../../src/storage/disk-storage.js";
import { memoryStorage } from "../../src/storage/memory-storage.js";
import type { Storage } from "../../src/storage/storage.js";
import type { Account } from "../../src/users/account.js";
import { put } from "../support/with-ftp.js";
import { MAX_LINE, SECRET } from "./judge.js";

/** Where files are. */
export type Ground = "memory" | "disk";

/** A service to play against. Each session has files of its own, so that none disturbs another. */
export class World {
  readonly server: Server;
  readonly #service: FtpService;
  readonly #ground: Ground;
  readonly #around: string;
  readonly #files = new Map<string, Promise<Storage>>();
  /** By the client's end: the session's id. */
  readonly #ids = new Map<string, string>();
  readonly #ended = new Map<string, () => void>();
  readonly #over = new Set<string>();
  readonly #problems = new Map<string, string[]>();

  private constructor(ground: Ground, around: string, service: FtpService, server: Server) {
    this.#ground = ground;
    this.#around = around;
    this.#service = service;
    this.server = server;
  }

  static async start(ground: Ground): Promise<World> {
    const around = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "belfry-fuzz-")));
    fs.mkdirSync(join(around, "outside"));
    fs.writeFileSync(join(around, "outside", "secret"), SECRET);
    const holder: { world: World | null } = { world: null };
    const service = ftp({
      authenticate: ({ user, password }, { sessionId }) =>
        password === "secret" ? (holder.world?.accountOf(user, sessionId) ?? null) : null,
      tls: { credentials: certificate },
      throttle: { delay: 1, attemptsPerAddress: 1e6, attemptsPerUser: 1e6 },
      maxLineLength: MAX_LINE,
      maxPending: 8,
      idleTimeout: 20_000,
      loginTimeout: 20_000,
      dataTimeout: 300,
      stallTimeout: 600,
      digests: true,
    });
    const server = await serve({ host: "127.0.0.1", port: 0, name: "fuzzed" }, service);
    const world = new World(ground, around, service, server);
    holder.world = world;
    world.#watch();
    return world;
  }

  /** The account of a user, its files those of the session alone. */
  async accountOf(user: string, sessionId: string): Promise<Account | null> {
    if (!["ann", "bob", "eve"].includes(user)) return null;
    let files = this.#files.get(sessionId);
    if (files === undefined) {
      files = this.#ground === "disk" ? Promise.resolve(this.#makeRoot(sessionId)) : fill(memoryStorage());
      this.#files.set(sessionId, files);
    }
    const storage = await files;
    if (user === "ann") return { name: user, storage, permissions: "write" };
    if (user === "bob") return { name: user, storage, permissions: "read", home: "/pub" };
    return { name: user, storage, permissions: "upload", quota: { bytes: 315_000, files: 9 }, uploadRate: 1_000_000 };
  }

  /** What went wrong in the session of a client, seen from the server's side. Resolves when that session is over. */
  async problems(client: string, { wasServed }: { readonly wasServed: boolean }): Promise<readonly string[]> {
    const id = this.#ids.get(client);
    if (id === undefined) return wasServed ? ["the server knows no such connection"] : [];
    if (!this.#over.has(id)) {
      const isOver = await new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(false), SESSION_END);
        this.#ended.set(id, () => {
          clearTimeout(timer);
          resolve(true);
        });
      });
      if (!isOver) return ["the session goes on after its client has gone"];
    }
    const problems = [...(this.#problems.get(id) ?? []), ...this.#lookAround(id)];
    for (const map of [this.#problems, this.#ended, this.#files]) map.delete(id);
    this.#ids.delete(client);
    this.#over.delete(id);
    return problems;
  }

  async stop(): Promise<void> {
    await this.server.shutdown({ timeout: 1000 });
    const left = this.#service.sessions().length;
    const names = fs.readdirSync(this.#around);
    const secrets = fs.readdirSync(join(this.#around, "outside"));
    const secret = fs.readFileSync(join(this.#around, "outside", "secret"), "utf8");
    fs.rmSync(this.#around, { recursive: true });
    if (left > 0) throw new Error(`${left} sessions are left`);
    if (names.join() !== "outside") throw new Error(`beside the roots there is now ${names.join(", ")}`);
    if (secrets.join() !== "secret" || secret !== SECRET) throw new Error(`outside there is now ${secrets.join(", ")}`);
  }

  #watch(): void {
    const { server } = this;
    server.on("opened", ({ id, remoteAddr }) => this.#ids.set(`${remoteAddr.host}:${remoteAddr.port}`, id));
    server.on("closed", ({ id }) => {
      this.#over.add(id);
      this.#ended.get(id)?.();
    });
    server.on("failed", ({ id, error }) => this.#note(id, `the service failed: ${show(error)}`));
    server.on("refused", ({ reason }) => this.#note("refused", reason));
    this.#service.on("failed", ({ session, verb, error }) => this.#note(session.id, `${verb} failed: ${show(error)}`));
  }

  #note(id: string, text: string): void {
    this.#problems.set(id, [...(this.#problems.get(id) ?? []), text]);
  }

  #makeRoot(sessionId: string): Storage {
    const place = join(this.#around, sessionId.replaceAll(/\W/g, "-"));
    const root = join(place, "root");
    fs.mkdirSync(place);
    for (const path of [root, join(root, "pub"), join(root, "empty")]) fs.mkdirSync(path);
    for (const [path, text] of FILES) fs.writeFileSync(join(root, path), text);
    fs.symlinkSync("../../outside", join(root, "out"));
    fs.symlinkSync("../../outside/secret", join(root, "link"));
    fs.symlinkSync("pub", join(root, "in"));
    fs.writeFileSync(join(place, "beside"), SECRET);
    return diskStorage(root);
  }

  /** What a session has left where it should not have, and removes its root. */
  #lookAround(id: string): readonly string[] {
    if (this.#ground !== "disk" || !this.#files.has(id)) return [];
    const place = join(this.#around, id.replaceAll(/\W/g, "-"));
    const problems: string[] = [];
    const beside = fs.readdirSync(place).sort().join(", ");
    if (beside !== "beside, root") problems.push(`beside the root there is ${beside}`);
    if (fs.readFileSync(join(place, "beside"), "utf8") !== SECRET) problems.push("a file beside the root was changed");
    const names = fs.readdirSync(join(place, "root"), { recursive: true, encoding: "latin1" });
    const hidden = names.filter((name) => name.includes(".belfry-"));
    if (hidden.length > 0) problems.push(`uploads have left ${hidden.join(", ")}`);
    const odd = names.filter((name) => hasControl(name));
    if (odd.length > 0) problems.push(`names with control characters: ${JSON.stringify(odd)}`);
    fs.rmSync(place, { recursive: true });
    return problems;
  }
}

/** How long a session may go on after its client has gone. */
const SESSION_END = 10_000;

const FILES: readonly (readonly [path: string, content: string | Buffer])[] = [
  ["file", "A line of text.\n".repeat(200).slice(0, 3000)],
  ["big", Buffer.alloc(300_000, "big ")],
  ["pub/a.txt", "hello\r\nworld\n"],
  ["pub/ü", ""],
];

async function fill(storage: Storage): Promise<Storage> {
  for (const path of ["/pub", "/empty"]) await storage.makeDirectory(path);
  for (const [path, content] of FILES) await put(storage, `/${path}`, content);
  return storage;
}

function hasControl(name: string): boolean {
  return /[\0-\x1f\x7f]/.test(name);
}

function show(error: unknown): string {
  return error instanceof Error
    ? (error.stack ?? error.message) + (error.cause === undefined ? "" : ` because of ${show(error.cause)}`)
    : String(error);
}
