import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { bind } from "@belfry/net";
import { inodeOf } from "../../src/supervisor/net-tables.js";
import { inheritedSockets } from "../../src/supervisor/inherited-sockets.js";

const NONE = "no socket that listens or is bound was inherited there";

function descriptorOf(holder: object): number {
  return (holder as unknown as { _handle: { fd: number } })._handle.fd;
}

/** By Linux's list. */
function openSockets(): ReadonlySet<number> {
  const all = readdirSync("/proc/self/fd").map(Number);
  return new Set(all.filter((each) => inodeOf(each) !== null));
}

async function listening(...where: [number, string] | [string]): Promise<Server> {
  const server = createServer((socket) => socket.on("error", () => {}));
  server.listen(...(where as [number, string]));
  await once(server, "listening");
  return server;
}

async function connectedTo(server: Server): Promise<Socket> {
  const socket = connect(server.address() as { port: number });
  await once(socket, "connect");
  return socket;
}

describe("inheritedSockets()", { skip: process.platform === "win32" }, () => {
  it("takes what listens and what is bound, of TCP and of Unix sockets", async () => {
    const folder = mkdtempSync(join(tmpdir(), "belfry-inherited-"));
    const servers = [await listening(0, "127.0.0.1"), await listening(join(folder, "listening"))];
    const bound = [await bind("127.0.0.1:0"), await bind({ path: join(folder, "bound") })];
    try {
      const lookAt = inheritedSockets();
      for (const server of servers) assert.equal(lookAt(descriptorOf(server)), null);
      for (const { fd } of bound) assert.equal(lookAt(fd), null);
    } finally {
      for (const server of servers) server.close();
      for (const each of bound) await each.close();
      rmSync(folder, { recursive: true });
    }
  });

  it("refuses what is not open, what is no socket, and what was opened since", async () => {
    const file = openSync(process.execPath, "r");
    const lookAt = inheritedSockets();
    const server = await listening(0, "127.0.0.1");
    try {
      for (const descriptor of [99_999, file, descriptorOf(server)]) assert.equal(lookAt(descriptor), NONE);
    } finally {
      server.close();
      closeSync(file);
    }
  });

  it("refuses a connection and a socket of UDP, and says so", { skip: process.platform !== "linux" }, async () => {
    const server = await listening(0, "127.0.0.1");
    const socket = await connectedTo(server);
    const before = openSockets();
    const udp = createSocket("udp4").bind(0, "127.0.0.1");
    await once(udp, "listening");
    try {
      const lookAt = inheritedSockets();
      assert.equal(lookAt(descriptorOf(socket)), `${NONE}, but one end of a connection`);
      const others = [...openSockets()].filter((each) => !before.has(each));
      assert.deepEqual(
        others.map((each) => lookAt(each)),
        [`${NONE}, but a socket of UDP`],
      );
    } finally {
      udp.close();
      socket.destroy();
      server.close();
    }
  });
});
