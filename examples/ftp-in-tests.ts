// A real FTP server in memory, to test what speaks FTP: no disk, no port of its own, gone when the test is over.
//   npx tsx examples/ftp-in-tests.ts

import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { ftp, type FtpOptions, memoryStorage, ReplyError, type Storage, userList } from "@belfry/ftp";
import { serve } from "@belfry/server";
import { Client } from "basic-ftp";

await withFtp({}, async (port, storage) => {
  await publish(port, "all is well\n");
  assert.equal(await contentOf(storage, "/reports/today.txt"), "all is well\n");
  console.log("publishes a report");
});

await withFtp({ before: refuse }, async (port, storage) => {
  await assert.rejects(publish(port, "all is well\n"), /452 No space left/);
  await assert.rejects(storage.stat("/reports/today.txt"), { code: "not-found" });
  console.log("tells when the server is full");
});

/** What is tested. */
async function publish(port: number, report: string): Promise<void> {
  const client = new Client();
  try {
    await client.access({ host: "127.0.0.1", port, user: "ann", password: "secret" });
    await client.uploadFrom(Readable.from([Buffer.from(report)]), "reports/today.txt");
  } finally {
    client.close();
  }
}

async function withFtp(options: FtpOptions, body: (port: number, storage: Storage) => Promise<void>): Promise<void> {
  const storage = memoryStorage();
  await storage.makeDirectory("/reports");
  const authenticate = userList([{ name: "ann", password: "secret", storage, permissions: "write" }]);
  await using server = await serve({ port: 0 }, ftp({ authenticate, throttle: false, ...options }));
  await body(server.addr.port, storage);
}

function refuse({ kind }: { kind: string }): void {
  if (kind === "upload") throw new ReplyError(452, "No space left");
}

async function contentOf(storage: Storage, path: string): Promise<string> {
  return text(Readable.from(await storage.openRead(path)));
}
