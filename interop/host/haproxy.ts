import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endWithTests, HAS_GROUPS } from "../../packages/belfry/test/end-with-tests.js";

/** A running HAProxy. */
export interface Haproxy extends AsyncDisposable {
  /** The port of each frontend, in order. */
  readonly ports: readonly number[];
  /** Resolves once its log matches. */
  says(pattern: RegExp): Promise<void>;
}

/**
 * Starts HAProxy on ports of its own.
 *
 * @param frontends how many.
 * @param config where it listens by `bind fd@3` in the first frontend, `bind fd@4` in the second.
 */
export async function startHaproxy(frontends: number, config: string): Promise<Haproxy> {
  const servers = Array.from({ length: frontends }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  // Bound here and inherited there: nobody else can have taken the port in between.
  const descriptors = servers.map((server) => (server as unknown as { _handle: { fd: number } })._handle.fd);
  const folder = mkdtempSync(join(tmpdir(), "belfry-haproxy-"));
  const file = join(folder, "haproxy.cfg");
  writeFileSync(file, config);
  const child = spawn("haproxy", ["-db", "-f", file], {
    stdio: ["ignore", "pipe", "pipe", ...descriptors],
    detached: HAS_GROUPS,
  });
  endWithTests(child);
  const ended = once(child, "close");
  for (const server of servers) server.close();
  let log = "";
  const heard = new EventEmitter();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text) => {
      log += text;
      heard.emit("more");
    });
  }
  return {
    ports,
    async says(pattern) {
      while (!pattern.test(log)) {
        const isOver = await Promise.race([once(heard, "more").then(() => false), ended.then(() => true)]);
        if (isOver && !pattern.test(log)) throw new Error(`haproxy ended without saying ${pattern}: ${log}`);
      }
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}
