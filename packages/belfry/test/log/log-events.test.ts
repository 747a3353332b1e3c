import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Addr, dial } from "@belfry/net";
import type { Conn } from "@belfry/net";
import { serve } from "@belfry/server";
import type { ServeLimits, Server, ServerEventName, ServerEvents, Service } from "@belfry/server";
import { createLog } from "../../src/log/create-log.js";
import type { Log, LogFields, LogLevel } from "../../src/log/log.js";
import { logEvents } from "../../src/log/log-events.js";
import { logTo } from "./log-to.js";
import { memoryIo } from "../memory-io.js";

interface Line {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** A log that keeps what it writes. */
function memoryLog(level: LogLevel): { log: Log; lines: Line[] } {
  const lines: Line[] = [];
  const log = logTo((other, message, fields = {}) => void lines.push({ level: other, message, fields }), level);
  return { log, lines };
}

const echo: Service = async (conn) => {
  for await (const bytes of conn) await conn.write(bytes);
};

function happening<E extends ServerEventName>(server: Server, event: E): Promise<ServerEvents[E]> {
  return new Promise((resolve) => void server.on(event, resolve));
}

/** What is logged at `level` of a server, until an event of that name, when somebody has come and said hello. */
async function logOf(
  level: LogLevel,
  service: Service,
  last: ServerEventName = "closed",
  limits: ServeLimits = {},
): Promise<Line[]> {
  const { log, lines } = memoryLog(level);
  const server = await serve({ port: 0, name: "echo", ...limits }, service);
  logEvents(server, log);
  const happened = happening(server, last);
  // Who is refused may find out while it dials.
  await dial(server.addr).then(hello, () => {});
  await happened;
  await server.shutdown();
  return lines;
}

async function hello(conn: Conn): Promise<void> {
  try {
    await conn.write("hello");
    await conn.read();
    await conn.close();
  } catch {
    conn.abort();
  }
}

/** A server whose events are made by hand. */
function stubServer(): { server: Server; emit: <E extends ServerEventName>(event: E, data: ServerEvents[E]) => void } {
  const listeners = new Map<string, (event: unknown) => unknown>();
  const on = (event: string, listener: (event: never) => unknown): (() => void) => {
    listeners.set(event, listener as (event: unknown) => unknown);
    return () => listeners.delete(event);
  };
  return {
    server: { name: "echo", on } as unknown as Server,
    emit: (event, data) => void listeners.get(event)?.(data),
  };
}

const PARTY = {
  server: "echo",
  id: "echo#2-17",
  remoteAddr: new Addr("tcp", "192.0.2.7", 5000),
  proxyAddr: new Addr("tcp", "10.0.0.1", 6000),
};
const CLOSED = { ...PARTY, reason: "idle", error: undefined, bytesRead: 3, bytesWritten: 4, duration: 1530.4 } as const;

describe("logEvents()", () => {
  it("writes one line for a connection that is over, at info", async () => {
    const lines = await logOf("info", echo);
    assert.equal(lines.length, 1);
    const [line] = lines;
    assert.equal(line?.level, "info");
    assert.match(line.message, /^echo#1 closed \(127\.0\.0\.1:\d+\): returned after \d+ms, 5 bytes in, 5 bytes out$/);
    const { remote, duration, ...others } = line.fields ?? {};
    assert.match(String(remote), /^127\.0\.0\.1:\d+$/);
    assert.equal(typeof duration, "number");
    assert.deepEqual(others, {
      event: "closed",
      service: "echo",
      id: "echo#1",
      reason: "returned",
      bytesRead: 5,
      bytesWritten: 5,
    });
  });

  it("writes none of them at warn", async () => {
    assert.deepEqual(await logOf("warn", echo), []);
  });

  it("tells of connections that come at debug", async () => {
    const lines = await logOf("debug", echo);
    assert.deepEqual(
      lines.map(({ level, fields }) => [level, fields["event"]]),
      [
        ["debug", "opened"],
        ["info", "closed"],
      ],
    );
  });

  it("names the proxy that a client came through", () => {
    const { server, emit } = stubServer();
    const { log, lines } = memoryLog("info");
    logEvents(server, log);
    emit("closed", CLOSED);
    emit("refused", { ...PARTY, reason: "full" });
    assert.deepEqual(
      lines.map(({ message, fields }) => [message, fields["remote"], fields["via"]]),
      [
        [
          "echo#2-17 closed (192.0.2.7:5000 via 10.0.0.1:6000): idle after 1.53s, 3 bytes in, 4 bytes out",
          "192.0.2.7:5000",
          "10.0.0.1:6000",
        ],
        ["echo refused 192.0.2.7:5000 via 10.0.0.1:6000: full", "192.0.2.7:5000", "10.0.0.1:6000"],
      ],
    );
  });

  it("shows no character that would steer a terminal, whatever a proxy tells of its client", () => {
    const { server, emit } = stubServer();
    const { log, lines } = memoryLog("info");
    logEvents(server, log);
    emit("refused", { ...PARTY, remoteAddr: new Addr("unix", "", 0, "/tmp/\u001B[2J"), reason: "full" });
    assert.equal(lines[0]?.message, "echo refused unix:/tmp/?[2J via 10.0.0.1:6000: full");
  });

  it("says the same in JSON", async () => {
    const { server, emit } = stubServer();
    const { io, stderr } = memoryIo();
    const log = await createLog("json", "info", io.stderr);
    logEvents(server, log);
    emit("closed", CLOSED);
    log.write("info", "what was gathered comes first");
    const { time, msg, ...fields } = JSON.parse(stderr().split("\n")[0] ?? "") as Record<string, unknown>;
    assert.ok(!Number.isNaN(Date.parse(String(time))) && String(msg).startsWith("echo#2-17 closed"));
    assert.deepEqual(fields, {
      level: "info",
      event: "closed",
      service: "echo",
      id: "echo#2-17",
      remote: "192.0.2.7:5000",
      via: "10.0.0.1:6000",
      reason: "idle",
      duration: 1530,
      bytesRead: 3,
      bytesWritten: 4,
    });
  });

  it("writes what a service threw in one line that steers no terminal", async () => {
    const service: Service = () => Promise.reject(new Error("it broke\n  in \u001B[31mtwo\u0007"));
    const [failed, closed] = await logOf("info", service);
    assert.ok(failed !== undefined);
    assert.equal(failed.level, "warn");
    assert.match(failed.message, /^echo#1 failed \(127\.0\.0\.1:\d+\): it broke in \[31mtwo $/);
    assert.match(String(closed?.message), /: failed after/);
  });

  it("gives a refusal the level of what it asks of somebody", () => {
    const { server, emit } = stubServer();
    const { log, lines } = memoryLog("info");
    logEvents(server, log);
    const reasons = ["full", "network", "address", "policy", "descriptors", "draining", "abandoned", "kicked"] as const;
    for (const reason of reasons) emit("refused", { ...PARTY, reason });
    assert.deepEqual(
      lines.map(({ level, fields }) => `${level} ${fields["reason"]}`),
      ["warn full", "info network", "warn address", "info policy", "warn descriptors", "info kicked"],
    );
  });

  it("tells of a policy that fails", async () => {
    const admit = (): boolean => {
      throw new Error("no answer");
    };
    const lines = await logOf("info", echo, "refused", { admit });
    assert.match(String(lines[0]?.message), /^echo could not decide about 127\.0\.0\.1:\d+: no answer$/);
    assert.match(String(lines[1]?.message), /^echo refused 127\.0\.0\.1:\d+: policy$/);
  });
});
