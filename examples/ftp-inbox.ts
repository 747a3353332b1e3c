// An inbox for cameras and scanners: they may store pictures, and do nothing else. What has arrived whole is moved on.
//   npx tsx examples/ftp-inbox.ts 127.0.0.1:2121 inbox done

import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { ftp, ReplyError, type TransferEvent, userList } from "@belfry/ftp";
import { parseAddress } from "@belfry/net";
import { serve, withSignals } from "@belfry/server";
import { Group } from "@belfry/sync";

const [address = "127.0.0.1:2121", inbox = "inbox", done = "done"] = process.argv.slice(2);
await mkdir(inbox, { recursive: true });
await mkdir(done, { recursive: true });

const service = ftp({
  authenticate: userList([
    {
      name: "camera",
      password: process.env["CAMERA_PASSWORD"] ?? "secret",
      root: inbox,
      permissions: "upload",
      quota: { bytes: 10 * 2 ** 30 },
      maxSessions: 20,
    },
  ]),
  digests: true,
  before({ kind, path }) {
    if (kind === "upload" && !/^\/[\w.-]+\.(?:jpe?g|png|pdf)$/i.test(path)) throw new ReplyError(553, "Pictures only");
  },
});

// Four at a time; the others wait, and the cameras do not wait for them.
const work = new Group({ limit: 4 });
service.on("upload", (event) => work.go(() => arrived(event)));
service.on("ban", ({ key, until }) => console.error(`banned ${key} until ${new Date(until).toISOString()}`));

const server = await serve({ ...parseAddress(address), name: "inbox" }, service);
console.error(`listening on ${String(server.addr)}`);
await withSignals(server);
await work.wait();
console.error("all done");

async function arrived({ path, bytes, digest, isComplete, error }: TransferEvent): Promise<void> {
  if (!isComplete) return console.log(`${path} did not arrive: ${error?.message}`);
  await rename(join(inbox, path), join(done, path)).catch(console.error);
  console.log(`${path}: ${bytes} bytes, SHA-256 ${digest}`);
}
