import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { dial, pipe } from "@belfry/net";
import { Group, liveTasks, type TaskInfo } from "@belfry/sync";
import { serve } from "@belfry/server";
import { until } from "@belfry/testkit";
import { ftp } from "../../src/ftp.js";
import { memoryStorage } from "../../src/storage/memory-storage.js";
import { Probe } from "../support/probe.js";

function find(name: RegExp): TaskInfo | undefined {
  return liveTasks().find((task) => name.test(task.name));
}

describe("an FTP session on the list of live tasks", () => {
  it("shows the control reader and the transfer below the connection, and what they wait for", async () => {
    const storage = memoryStorage();
    const authenticate = () => ({ name: "ann", storage, permissions: "write" as const });
    const server = await serve({ port: 0, name: "ftp", listTasks: true }, ftp({ authenticate }));
    const probe = await Probe.connect(server.addr);
    try {
      await probe.login("ann", "secret");
      await until(() => find(/^control reader$/)?.waitingFor?.startsWith("Conn.read ") === true);
      const connection = find(/^ftp#1$/);
      assert.equal(find(/^control reader$/)?.parent, connection?.id);
      assert.equal(connection?.waitingFor, "task control reader");
      const port = await probe.passivePort();
      probe.send("STOR a.txt\r\n");
      await until(() => find(/^STOR/)?.waitingFor === "data connection");
      const data = await dial({ port });
      await until(() => find(/^STOR/)?.waitingFor?.startsWith("Conn.read ") === true);
      const transfer = find(/^STOR/);
      assert.deepEqual([transfer?.name, transfer?.parent], ["STOR /a.txt", connection?.id]);
      await data.close();
      await until(() => find(/^STOR/) === undefined);
    } finally {
      probe.close();
      await server.shutdown({ timeout: 1000 });
    }
    assert.deepEqual(liveTasks(), []);
  });

  it("is on no list where nobody asked for one", async () => {
    const storage = memoryStorage();
    const service = ftp({ authenticate: () => ({ name: "ann", storage, permissions: "write" }) });
    const [client, conn] = pipe();
    const signal = new AbortController().signal;
    const context = { draining: signal, signal, group: new Group(), id: "ftp#1" };
    const ended = service(conn, context);
    await client.read();
    assert.deepEqual(liveTasks(), []);
    await client.write("QUIT\r\n");
    await ended;
  });
});
