import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { describe, it } from "node:test";
import { control, withHost } from "./hosts.js";

/** Counts at the service itself, over all processes: a file for each that is served, by its worker and number. */
const COUNTED = `import { mkdirSync, readdirSync, rmSync, appendFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
export default async (conn, { id }) => {
  const mine = here("./served/" + process.pid + "-" + id.replaceAll(/[^0-9]/g, "-"));
  mkdirSync(mine, { recursive: true });
  const alive = (pid) => { try { process.kill(pid, 0); return true; } catch { return false; } };
  const count = readdirSync(here("./served")).filter((name) => alive(Number(name.split("-")[0]))).length;
  appendFileSync(here("./most"), count + "\\n");
  try {
    await conn.write("served\\n");
    for await (const _ of conn);
  } finally {
    rmSync(mine, { recursive: true });
  }
};
`;

/** So many clients that come again whenever they are turned away or lost. */
function comeAgain(port: number, count: number, whenServed: (socket: Socket) => void): { stop(): Promise<void> } {
  let isOver = false;
  const sockets = new Set<Socket>();
  const client = async (): Promise<void> => {
    for (;;) {
      if (isOver) return;
      const socket = connect(port, "127.0.0.1").on("error", () => {});
      sockets.add(socket);
      const over = new Promise((resolve) => socket.once("close", resolve));
      socket.once("data", () => whenServed(socket));
      await over;
      sockets.delete(socket);
    }
  };
  const clients = Array.from({ length: count }, client);
  return {
    stop: async () => {
      isOver = true;
      for (const socket of sockets) socket.destroy();
      await Promise.all(clients);
    },
  };
}

describe("a limit over workers that die", () => {
  it("is never passed, and no place is lost, over 4 crashes and a reload", { timeout: 90_000 }, () =>
    withHost(
      {
        config: {
          workers: 2,
          reloadGrace: "100ms",
          shutdownTimeout: "300ms",
          services: { held: { use: "./counted.mjs", listen: "127.0.0.1:0", maxConns: 5, maxConnsPerAddress: 5 } },
        },
        files: { "counted.mjs": COUNTED },
      },
      async (host) => {
        mkdirSync(join(host.directory, "served"));
        const port = await host.port("held");
        const crowd = comeAgain(port, 12, (socket) => setTimeout(() => socket.end(), 30));
        try {
          for (let round = 1; round <= 4; round += 1) {
            // Not one of the generation before, which goes anyway.
            const { workers, crashes } = await host.until(
              (now) => now.isReady && now.workers.every(({ state }) => state === "serving"),
            );
            process.kill(workers[round % workers.length]?.pid as number, "SIGKILL");
            await host.until((now) => now.crashes === crashes + 1 && now.isReady);
            if (round === 2) await control(host, { command: "reload" });
          }
        } finally {
          await crowd.stop();
        }
        await host.until(({ services }) => services[0]?.counters.connections_open === 0);
        const counts = readFileSync(join(host.directory, "most"), "utf8").trim().split("\n").map(Number);
        assert.ok(Math.max(...counts) <= 5, `${Math.max(...counts)} at a time`);
        // All five places are there. Some of the crowd may be in the line before these, and go when their turn has come.
        const five = comeAgain(port, 5, () => {});
        await host.until(({ services }) => services[0]?.counters.connections_open === 5);
        await five.stop();
      },
    ),
  );

  it("leaves a suspended service suspended over a crash and a reload", () =>
    withHost(
      { config: { workers: 1, reloadGrace: "100ms", services: { echo: { use: "echo", listen: "127.0.0.1:0" } } } },
      async (host) => {
        await host.port("echo");
        await control(host, { command: "suspend", service: "echo" });
        process.kill((await host.status()).workers[0]?.pid as number, "SIGKILL");
        await host.until(({ crashes, isReady }) => crashes === 1 && isReady);
        await control(host, { command: "reload" });
        const { services } = await host.until(({ workers }) => workers.length === 1);
        assert.equal(services[0]?.state, "suspended");
        await control(host, { command: "resume", service: "echo" });
        await host.until(({ services: now }) => now[0]?.state === "serving");
      },
    ));
});
