import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, it } from "node:test";
import { serve, type Server } from "@belfry/server";
import { until } from "@belfry/testkit";
import type { WorkerMessage } from "../../src/supervisor/messages.js";
import { holdPlaces, type Places } from "../../src/supervisor/places.js";

const KEY = { service: "echo", index: 0 };

interface Held {
  readonly server: Server;
  readonly places: Places;
  readonly sent: WorkerMessage[];
  readonly dial: () => Promise<Socket>;
}

async function holding(use: (held: Held) => Promise<void>): Promise<void> {
  const server = await serve({ port: 0, maxConns: Number.POSITIVE_INFINITY }, async (conn) => {
    for await (const bytes of conn) await conn.write(bytes);
  });
  const sent: WorkerMessage[] = [];
  const sockets: Socket[] = [];
  const places = holdPlaces(server, KEY, (message) => void sent.push(message));
  const dial = async (): Promise<Socket> => {
    const socket = connect(server.addr.port, "127.0.0.1").on("error", () => {});
    sockets.push(socket);
    await once(socket, "connect");
    return socket;
  };
  try {
    await use({ server, places, sent, dial });
  } finally {
    for (const socket of sockets) socket.destroy();
    await server.close();
  }
}

describe("holdPlaces()", () => {
  it("serves nobody without a place, asks for as many as wait, and serves whom it is granted one for", () =>
    holding(async ({ server, places, sent, dial }) => {
      await dial();
      await dial();
      await until(() => server.waiting === 2);
      await until(
        () => sent.length > 0 && JSON.stringify(sent.at(-1)) === JSON.stringify({ type: "want", ...KEY, count: 2 }),
      );
      assert.equal(server.size, 0);
      places.grant(1);
      assert.deepEqual([server.size, server.waiting], [1, 1]);
      places.grant(1);
      assert.equal(server.size, 2);
    }));

  it("says nothing while connections come and go and it holds enough", () =>
    holding(async ({ server, places, sent, dial }) => {
      places.grant(5);
      for (let round = 0; round < 20; round += 1) {
        const sockets = await Promise.all(Array.from({ length: 5 }, dial));
        await until(() => server.size === 5);
        for (const socket of sockets) socket.destroy();
        await until(() => server.size === 0);
      }
      assert.equal(server.counters.connections_accepted_total, 100);
      assert.deepEqual(sent, []);
    }));

  it("gives back what is idle when it is recalled, and each place that falls free after that, though somebody waits", () =>
    holding(async ({ server, places, sent, dial }) => {
      places.grant(3);
      const first = await dial();
      await until(() => server.size === 1);
      places.recall(true);
      assert.deepEqual(sent.at(-1), { type: "return", ...KEY, count: 2 });
      await dial();
      await until(() => server.waiting === 1);
      first.destroy();
      await until(() => sent.filter(({ type }) => type === "return").length === 2);
      assert.deepEqual([places.held, server.size, server.waiting], [0, 0, 1]);
    }));

  it("takes its wish back when who waited waits no more", () =>
    holding(async ({ server, sent, dial }) => {
      await dial();
      await until(() => server.waiting === 1 && sent.length === 1);
      for (const { id } of server.connections()) server.kick(id);
      await until(() => sent.length === 2);
      assert.deepEqual(sent.at(-1), { type: "want", ...KEY, count: 0 });
    }));
});
