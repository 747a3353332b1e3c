import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BrokenError, DeadlineError, dial, LineTooLongError, lines } from "@belfry/net";
import { type ClosedEvent, serve } from "@belfry/server";
import { Group, liveTasks } from "@belfry/sync";
import { reverb } from "../src/reverb.js";
import { readAll, type Run, runService } from "./run-service.js";

describe("reverb()", () => {
  it("sounds each line in upper case, as it came and in lower case", async () => {
    const { client, ended } = runService(reverb({ delay: 0 }));
    await client.write("Hello?\n");
    await client.closeWrite();
    assert.equal(await readAll(client), "\t HELLO?\n\t Hello?\n\t hello?\n");
    await ended;
  });

  it("waits for the delay between the sounds", async () => {
    const { client, drain, ended } = runService(reverb({ delay: 30 }));
    const began = performance.now();
    await client.write("A\n");
    const times: number[] = [];
    for await (const _ of lines(client)) {
      times.push(performance.now() - began);
      if (times.length === 3) break;
    }
    const [first = 0, second = 0, third = 0] = times;
    assert.ok(second >= 28 && third >= 57 && second - first > 10, String(times));
    drain();
    await ended;
  });

  it("changes case as Unicode says", async () => {
    const { client, ended } = runService(reverb({ delay: 0 }));
    await client.write("Straße ΣΊΣΥΦΟΣ\n");
    await client.closeWrite();
    assert.equal(await readAll(client), "\t STRASSE ΣΊΣΥΦΟΣ\n\t Straße ΣΊΣΥΦΟΣ\n\t straße σίσυφος\n");
    await ended;
  });

  it("takes lines that end in CRLF, empty ones, and a last one without an end", async () => {
    const { client, ended } = runService(reverb({ delay: 0, sequential: true }));
    await client.write("A\r\n\nb");
    await client.closeWrite();
    assert.equal(await readAll(client), "\t A\n\t A\n\t a\n\t \n\t \n\t \n\t B\n\t b\n\t b\n");
    await ended;
  });

  it("lets the echoes of several lines overlap", async () => {
    const { client, ended } = runService(reverb({ delay: 10 }));
    await client.write("A\nB\nC\n");
    await client.closeWrite();
    assert.equal(await readAll(client), "\t A\n\t B\n\t C\n\t A\n\t B\n\t C\n\t a\n\t b\n\t c\n");
    await ended;
  });

  it("finishes one echo before the next when sequential", async () => {
    const { client, ended } = runService(reverb({ delay: 5, sequential: true }));
    await client.write("A\nB\n");
    await client.closeWrite();
    assert.equal(await readAll(client), "\t A\n\t A\n\t a\n\t B\n\t B\n\t b\n");
    await ended;
  });

  it("has no more than maxPending echoes under way", async () => {
    const { client, ended } = runService(reverb({ delay: 5, maxPending: 2 }));
    await client.write("A\nB\nC\n");
    await client.closeWrite();
    const heard = (await readAll(client)).replaceAll(/[\t \n]/g, "");
    assert.ok(heard.indexOf("C") > heard.indexOf("a"), heard);
    assert.equal(heard.length, 9);
    await ended;
  });

  it("fails the connection over a line that is too long", async () => {
    const { client, ended } = runService(reverb({ delay: 60_000, maxLength: 10 }));
    await client.write("short\n");
    await client.write("much too long a line");
    await assert.rejects(ended, LineTooLongError);
  });

  it("disconnects a client that sends no line for the idle timeout", async () => {
    const { client, ended } = runService(reverb({ idleTimeout: 40 }));
    const began = performance.now();
    assert.equal(await client.read(), null);
    assert.ok(performance.now() - began >= 35);
    await ended;
  });

  it("counts the idle timeout from the last line, and finishes what that one started", async () => {
    const { client, ended } = runService(reverb({ idleTimeout: 300, delay: 200 }));
    await client.write("A\n");
    assert.equal(await readAll(client), "\t A\n\t A\n\t a\n");
    await ended;
  });

  it("counts as idle with its server, which closes the connection in order", async () => {
    const server = await serve({ port: 0, name: "reverb" }, reverb({ idleTimeout: 300, delay: 10 }));
    const failures: unknown[] = [];
    server.on("failed", ({ error }) => failures.push(error));
    const closed = new Promise<ClosedEvent>((resolve) => server.on("closed", resolve));
    const conn = await dial(server.addr);
    await conn.write("A\n");
    assert.equal(await readAll(conn), "\t A\n\t A\n\t a\n");
    const { reason, error } = await closed;
    assert.deepEqual([reason, (error as { code: string }).code, failures], ["idle", "ERR_IDLE_TIMEOUT", []]);
    assert.deepEqual([server.counters.connections_closed_total.idle, server.counters.service_failures_total], [1, 0]);
    await conn.close();
    await server.close();
  });

  it("does not count the time a line waits for its turn as silence", async () => {
    const { client, drain, ended } = runService(reverb({ idleTimeout: 200, delay: 110, sequential: true }));
    await client.write("A\nB\n");
    const heard: string[] = [];
    for await (const line of lines(client)) {
      heard.push(line);
      // B waited 220 ms for A, longer than the timeout; after it the client still has its time.
      if (heard.length === 4) await client.write("C\n");
      if (heard.length === 9) break;
    }
    assert.deepEqual(heard.slice(6), ["\t C", "\t C", "\t c"]);
    drain();
    await ended;
  });

  it("does not wait for ever for a client that does not read", async () => {
    const { client, ended } = runService(reverb({ idleTimeout: 20, delay: 5 }));
    // The pipe keeps 64 KiB for a reader that is elsewhere.
    const line = `${"x".repeat(60_000)}\n`;
    await Promise.all([client.write(line), client.write(line)]);
    await assert.rejects(ended, DeadlineError);
  });

  it("reads no more on a drain, and finishes what is under way", async () => {
    const { client, drain, ended } = runService(reverb({ delay: 20 }));
    await client.write("A\n");
    assert.equal(String(await client.read()), "\t A\n");
    drain();
    await client.write("B\n");
    assert.equal(await readAll(client), "\t A\n\t a\n");
    await ended;
  });

  it("ends when the client is lost, echoes under way or not", async () => {
    const { client, ended } = runService(reverb({ delay: 60_000 }));
    await client.write("A\n");
    await client.read();
    client.abort();
    await assert.rejects(ended, BrokenError);
  });

  it("turns away bad options, naming them", () => {
    assert.throws(() => reverb({ delay: -1 }), { name: "RangeError", message: /^Cannot use delay -1: / });
    assert.throws(() => reverb({ idleTimeout: Number.NaN }), {
      name: "RangeError",
      message: /^Cannot use idleTimeout NaN: /,
    });
    assert.throws(() => reverb({ maxPending: 0 }), { name: "RangeError", message: /^Cannot use maxPending 0: / });
    assert.throws(() => reverb({ maxLength: 1.5 }), { name: "RangeError", message: /^Cannot use maxLength 1\.5: / });
  });
});

describe("reverb() as a listed task", () => {
  it("names its reader and its echoes, and what they wait for, below the connection", async () => {
    const group = new Group({ name: "test" });
    let run: Run | undefined;
    await group.go(() => {
      run = runService(reverb({ delay: 20 }));
      return run.ended;
    }, "test#1");
    const { client } = run as Run;
    const sounds = lines(client)[Symbol.asyncIterator]();
    await client.write("A\nB\n");
    await sounds.next();
    await sounds.next();
    const waits = (): string[] => liveTasks().map(({ name, waitingFor }) => `${name}: ${waitingFor}`);
    const during = ["test#1: task reader", "reader: Conn.read pipe", "echo: timer 20 ms", "echo: timer 20 ms"];
    assert.deepEqual(waits(), during);
    const [connection, reader, echo] = liveTasks();
    assert.deepEqual([reader?.parent, echo?.parent], [connection?.id, connection?.id]);
    await sounds.next();
    await sounds.next();
    // The second timer, long after the first await.
    assert.deepEqual(waits(), during);
    await client.closeWrite();
    while (waits().length > 3) await new Promise(setImmediate);
    assert.deepEqual(waits(), ["test#1: Group.wait", ...during.slice(2)]);
    await group.wait();
  });

  it("says that its reader waits for an echo to end when there are as many as may be", async () => {
    const group = new Group({ name: "test" });
    let run: Run | undefined;
    await group.go(() => {
      run = runService(reverb({ delay: 20, sequential: true }));
      return run.ended;
    });
    const { client } = run as Run;
    await client.write("A\nB\n");
    await client.closeWrite();
    const isFull = () => liveTasks().some(({ name, waitingFor }) => name === "reader" && waitingFor === "Group.go");
    while (!isFull()) await new Promise(setImmediate);
    await readAll(client);
    await group.wait();
  });
});
