import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { describe, it } from "node:test";
import { connected, control, withHost } from "./hosts.js";

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
        let isOver = false;
        const sockets = new Set<Socket>();
        // Clients that come again whenever they are turned away or lost.
        const client = async (): Promise<void> => {
          for (;;) {
            if (isOver) return;
            const socket = connect(port, "127.0.0.1").on("error", () => {});
            sockets.add(socket);
            const over = new Promise((resolve) => socket.once("close", resolve));
            socket.once("data", () => setTimeout(() => socket.end(), 30));
            await over;
            sockets.delete(socket);
          }
        };
        const clients = Array.from({ length: 12 }, client);
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
          isOver = true;
          for (const socket of sockets) socket.destroy();
        }
        await Promise.all(clients);
        await host.until(({ services }) => services[0]?.counters.connections_open === 0);
        const counts = readFileSync(join(host.directory, "most"), "utf8").trim().split("\n").map(Number);
        assert.ok(Math.max(...counts) <= 5, `${Math.max(...counts)} at a time`);
        // All five places are there.
        const five = await Promise.all(Array.from({ length: 5 }, () => connected(port)));
        for (const socket of five) socket.on("error", () => {});
        await host.until(({ services }) => services[0]?.counters.connections_open === 5);
        for (const socket of five) socket.destroy();
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
