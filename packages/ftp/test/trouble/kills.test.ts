import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { Addr } from "@belfry/net";
import { until } from "@belfry/testkit";
import type { TransferEvent } from "../../src/events.js";
import { Random } from "../fuzz/random.js";
import { Probe } from "../support/probe.js";
import { onDisk } from "./on-disk.js";
import { kill, startUploader, UPLOAD_SIZE } from "./uploader.js";

/** `BELFRY_KILLS` says how many clients are killed, as 200 for a thorough run. */
const { BELFRY_KILLS = "40" } = process.env;
const TRIES = Number(BELFRY_KILLS);
/** Killed at a time: most of the wait is for processes to start. */
const AT_ONCE = 4;
/**
 * In the clear the end of a data connection is the end of the file (RFC 959 §3.4.1), and a system under load may be long in closing
 * the control connection behind it. Under TLS it is told apart by close_notify.
 */
const MAX_MIXED = Math.ceil(TRIES / 20);
const OLD = "the old file";

/** Whether a file is whole: the old one, or one that an upload has brought to its end. */
function isWhole(content: Buffer): boolean {
  if (content.equals(Buffer.from(OLD))) return true;
  return content.length === UPLOAD_SIZE && content.every((byte) => byte === content[0]);
}

describe("A client that is killed in the middle of an upload", () => {
  it(`leaves the old file or a new one, and nothing else, ${TRIES} times`, { timeout: 10_000 + TRIES * 1000 }, () =>
    onDisk(async ({ root, server, service, login }) => {
      const events: TransferEvent[] = [];
      service.on("upload", (event) => events.push(event));
      const random = new Random(1);
      let killed = 0;
      let mixed = 0;
      const lane = async (name: string): Promise<void> => {
        const path = join(root, name);
        while (killed < TRIES) {
          killed += 1;
          fs.writeFileSync(path, OLD);
          const child = await startUploader(server.addr.port, `/${name}`);
          // Any moment of an upload that has gone on for a while: in its first half second the server does not wait for the news.
          await delay(700 + random.below(450));
          await kill(child);
          await until(() => !service.sessions().some(({ transfer }) => transfer?.path === `/${name}`));
          if (!isWhole(fs.readFileSync(path))) mixed += 1;
        }
      };
      const names = Array.from({ length: AT_ONCE }, (_, at) => `file-${at}`);
      await Promise.all(names.map(lane));
      await until(() => service.sessions().length === 0);
      assert.deepEqual(fs.readdirSync(root).sort(), names);
      const probe = await login();
      const listed = String(await probe.fetch("NLST"))
        .split("\r\n")
        .sort();
      assert.deepEqual(listed, ["", ...names]);
      const cut = events.filter(({ isComplete }) => !isComplete);
      assert.ok(cut.length > TRIES / 4, `${cut.length} uploads were cut in the middle`);
      assert.ok(cut.every(({ error, digest }) => error !== null && digest === null));
      assert.ok(mixed <= MAX_MIXED, `${mixed} files are neither the old one nor a new one`);
    }),
  );
});

/** `belfry ftpd` as built, writing allowed, on a port of its own. */
async function startServer(root: string): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const bin = new URL("../../../belfry/bin/belfry.js", import.meta.url).pathname;
  const args = [bin, "ftpd", "--listen", "127.0.0.1:0", "--root", root, "--user", "ann:secret"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  let text = "";
  child.stderr.setEncoding("utf8");
  for await (const piece of child.stderr) {
    text += String(piece);
    const port = /\blistening on [^"\n]*:(\d+)["\n]/.exec(text)?.[1];
    if (port !== undefined) return { child, port: Number(port) };
  }
  throw new Error(`belfry ftpd has ended: ${text}`);
}

async function connect(port: number): Promise<Probe> {
  const probe = await Probe.connect(new Addr("tcp", "127.0.0.1", port));
  await probe.login("ann", "secret");
  return probe;
}

describe("A server that is killed in the middle of an upload", () => {
  it("leaves the old file; what it has left is not listed, cannot be reached, and goes by itself", async () => {
    const root = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "belfry-killed-")));
    const children: ChildProcess[] = [];
    try {
      fs.writeFileSync(join(root, "file"), OLD);
      const first = await startServer(root);
      children.push(first.child);
      const probe = await connect(first.port);
      const data = await probe.data();
      probe.send("STOR file\r\n");
      await probe.next();
      data.write(Buffer.alloc(UPLOAD_SIZE));
      await until(() => fs.readdirSync(root).some((name) => isFilled(join(root, name))));
      await kill(first.child);
      data.destroy();
      probe.close();
      assert.equal(fs.readFileSync(join(root, "file"), "utf8"), OLD);
      const hidden = fs.readdirSync(root).find((name) => name !== "file") ?? "";
      assert.match(hidden, /^\.belfry-.*\.part$/);

      const second = await startServer(root);
      children.push(second.child);
      const next = await connect(second.port);
      for (const list of ["LIST", "NLST", "LIST -a", "MLSD"]) {
        assert.ok(!String(await next.fetch(list)).includes(".belfry"), list);
      }
      for (const use of ["SIZE", "MDTM", "DELE", "RNFR", "MLST"]) {
        await next.say("TYPE I");
        assert.equal(await next.say(`${use} ${hidden}`), await next.say(`${use} .belfry-0-0.part`), use);
      }
      assert.deepEqual(fs.readdirSync(root).sort(), [hidden, "file"].sort());
      // Nobody has written to it for longer than any upload stalls.
      const longAgo = Date.now() / 1000 - 7 * 3600;
      fs.utimesSync(join(root, hidden), longAgo, longAgo);
      await next.fetch("LIST");
      await until(() => fs.readdirSync(root).join() === "file");
      next.close();
    } finally {
      for (const child of children) if (child.exitCode === null && child.signalCode === null) await kill(child);
      fs.rmSync(root, { recursive: true });
    }
  });
});

function isFilled(path: string): boolean {
  return path.endsWith(".part") && fs.statSync(path).size > 0;
}
