import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { dial } from "@belfry/net";
import { liveTasks } from "@belfry/sync";
import { serve } from "../src/index.js";
import { expectText, happening } from "./happening.js";

describe("listTasks", () => {
  it("leads from the server to its connections, and says what they wait for", async () => {
    const server = await serve({ port: 0, name: "listed", listTasks: true }, async (conn) => {
      for await (const bytes of conn) await conn.write(bytes);
    });
    try {
      const conn = await dial(server.addr);
      for (const text of ["x", "y"]) {
        await conn.write(text);
        await expectText(conn, text);
      }
      const [listener, connection] = liveTasks();
      assert.deepEqual([listener?.name, listener?.group], ["listed", "servers"]);
      assert.equal(listener?.waitingFor, `Listener.accept ${String(server.addr)}`);
      assert.deepEqual([connection?.name, connection?.group], ["listed#1", "listed"]);
      assert.equal(connection?.parent, listener?.id);
      assert.equal(connection?.waitingFor, `Conn.read ${String(conn.localAddr)}`);
      await conn.close();
    } finally {
      await server.shutdown();
    }
    assert.deepEqual(liveTasks(), []);
  });

  it("keeps the server on the list until its services have ended", async () => {
    let finish = (): void => {};
    const server = await serve({ port: 0, name: "slow", listTasks: true }, () => {
      return new Promise((resolve) => (finish = resolve));
    });
    const opened = happening(server, "opened");
    const conn = await dial(server.addr);
    await opened;
    const finished = server.shutdown();
    await new Promise(setImmediate);
    assert.deepEqual(
      liveTasks().map(({ name, waitingFor }) => [name, waitingFor]),
      [
        ["slow", "Group.wait"],
        ["slow#1", undefined],
      ],
    );
    finish();
    await finished;
    await conn.close();
  });
});
