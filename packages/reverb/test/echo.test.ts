import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BrokenError, dial } from "@belfry/net";
import { serve } from "@belfry/server";
import { echo } from "../src/echo.js";
import { readAll, runService } from "./run-service.js";

describe("echo()", () => {
  it("sends bytes back as they came", async () => {
    const { client, ended } = runService(echo());
    await client.write(Uint8Array.of(0, 255, 10, 13));
    assert.deepEqual([...((await client.read()) ?? [])], [0, 255, 10, 13]);
    await client.closeWrite();
    assert.equal(await client.read(), null);
    await ended;
  });

  it("sends back what came before the half-close, then ends its own half", async () => {
    const { client, ended } = runService(echo());
    await client.write("one\n");
    await client.write("two\n");
    await client.closeWrite();
    assert.equal(await readAll(client), "one\ntwo\n");
    await ended;
  });

  it("does not read from a client that does not read", async () => {
    const { client, server, drain, ended } = runService(echo());
    const chunk = new Uint8Array(65_536);
    let sent = 0;
    client.setWriteDeadline(Date.now() + 50);
    try {
      for (;;) {
        await client.write(chunk);
        sent += chunk.length;
      }
    } catch {
      // The deadline: the echo has stopped taking.
    }
    assert.ok(sent <= 8 * 65_536, `${sent} bytes went in`);
    assert.ok(server.bytesQueued <= 3 * 65_536);
    drain();
    client.abort();
    await assert.rejects(ended, BrokenError);
  });

  it("ends on a drain once the client is quiet, with everything sent back", async () => {
    const { client, drain, ended } = runService(echo());
    await client.write("before ");
    assert.equal(String(await client.read()), "before ");
    drain();
    await client.write("after");
    assert.equal(await readAll(client), "after");
    await ended;
  });

  it("sends back on a drain what came while the process was too busy to notice", async () => {
    const server = await serve({ host: "127.0.0.1", port: 0 }, echo());
    const client = await dial(server.addr);
    await client.write("hello");
    await client.read();
    const down = server.shutdown();
    // Until it watches for quiet.
    for (const end = Date.now() + 120; Date.now() < end;) {
      await client.write("tick");
      assert.equal(String(await client.read()), "tick");
    }
    await client.write("late");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
    assert.equal(await readAll(client), "late");
    await down;
  });

  it("ends on a drain when the client ends its half", async () => {
    const { client, drain, ended } = runService(echo());
    drain();
    await client.write("last words");
    await client.closeWrite();
    assert.equal(await readAll(client), "last words");
    await ended;
  });

  it("passes on that the client was lost", async () => {
    const { client, ended } = runService(echo());
    client.abort();
    await assert.rejects(ended, BrokenError);
  });
});
