import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { after, describe, it } from "node:test";
import { dial, listen } from "@belfry/net";
import { PEERS } from "./peers.js";
import { BELFRY, missing, run, says, start } from "./tools.js";

const NETCAT = [...BELFRY, "netcat"] as const;
/**
 * A program that must be told its port listens where nothing else here dials: a port found free may meanwhile be one that
 * another test expects to be refused, and a single caller is all that such a listener takes.
 */
const HOST = process.platform === "linux" ? "127.0.0.77" : "127.0.0.1";
const DATA = randomBytes(3_000_000);

/** A netcat of another make, listening for one connection. */
interface Listening {
  readonly name: string;
  readonly skip: string | false;
  /** Whether it ends when the caller has ended its half, however much is left of its own input. */
  readonly endsWithCaller?: boolean;
  readonly tcp: (port: number) => readonly string[];
  readonly unix: (path: string) => readonly string[];
}

// All but socat would not half-close, or not end, without these options.
const LISTENING: readonly Listening[] = [
  {
    name: "OpenBSD nc",
    skip: missing("nc.openbsd"),
    // readwrite() in its netcat.c: "listen and net in gone, queues empty, done", and a queue is empty between two reads.
    endsWithCaller: true,
    tcp: (port) => ["nc.openbsd", "-vlN", HOST, `${port}`],
    unix: (path) => ["nc.openbsd", "-vlNU", path],
  },
  {
    name: "ncat",
    skip: missing("ncat"),
    tcp: (port) => ["ncat", "-vl", HOST, `${port}`],
    unix: (path) => ["ncat", "-vlU", path],
  },
  {
    name: "socat",
    skip: missing("socat"),
    tcp: (port) => ["socat", "-dd", "-t30", `TCP-LISTEN:${port},bind=${HOST}`, "-"],
    unix: (path) => ["socat", "-dd", "-t30", `UNIX-LISTEN:${path}`, "-"],
  },
];

async function freePort(): Promise<number> {
  const listener = await listen({ host: HOST, port: 0 });
  await listener.close();
  return listener.addr.port;
}

/**
 * Has belfry's netcat call a program that listens, and both send all they have.
 *
 * @returns what each has received.
 */
async function exchange(
  server: ChildProcess,
  target: readonly string[],
  data: { readonly theirs: Uint8Array; readonly ours: Uint8Array },
  endsWithCaller = false,
): Promise<{ readonly theirs: Buffer; readonly ours: Buffer }> {
  const client = start([...NETCAT, "--keep-open", ...target]);
  const { stdin, stdout } = client;
  assert.ok(stdin !== null && stdout !== null);
  stdin.write(data.ours);
  if (!endsWithCaller) stdin.end();
  const ended = once(client, "close");
  const [ours, theirs] = await Promise.all([
    receive(stdout, data.theirs.length, () => stdin.end()),
    finish(server, data.theirs),
  ]);
  assert.deepEqual(await ended, [0, null]);
  return { theirs, ours };
}

/** Gives all that comes from a stream, and calls `onEnough` once that is `length` bytes. */
async function receive(stream: AsyncIterable<Buffer>, length: number, onEnough: () => void): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let received = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    received += chunk.length;
    if (received >= length) onEnough();
  }
  return Buffer.concat(chunks);
}

/** Ends the input of a program that runs already, and gives what it wrote. */
async function finish(child: ChildProcess, input: Uint8Array): Promise<Buffer> {
  assert.ok(child.stdin !== null && child.stdout !== null);
  child.stdin.end(input);
  return buffer(child.stdout);
}

describe("belfry netcat with others that listen", () => {
  const folder = mkdtempSync(join(tmpdir(), "belfry-netcat-"));
  after(() => rmSync(folder, { recursive: true }));

  for (const { name, skip, endsWithCaller, tcp, unix } of LISTENING) {
    it(`exchanges all bytes with ${name}`, { skip }, async () => {
      const port = await freePort();
      const server = start(tcp(port));
      await says(server.stderr, /listening/i);
      const data = { theirs: DATA, ours: DATA.subarray(0, 2_000_000) };
      const { theirs, ours } = await exchange(server, [HOST, `${port}`], data, endsWithCaller);
      assert.ok(theirs.equals(data.ours));
      assert.ok(ours.equals(DATA));
    });

    it(`exchanges bytes with ${name} over a Unix socket`, { skip }, async () => {
      const path = join(folder, name.replace(" ", "-"));
      const server = start(unix(path));
      await says(server.stderr, /listening/i);
      const data = { theirs: Buffer.from("theirs"), ours: Buffer.from("ours") };
      const { theirs, ours } = await exchange(server, ["-U", path], data, endsWithCaller);
      assert.deepEqual([String(theirs), String(ours)], ["ours", "theirs"]);
    });

    it(`ends at once when ${name} does, its own input still open`, { skip }, async () => {
      const port = await freePort();
      const server = start(tcp(port));
      await says(server.stderr, /listening/i);
      const client = start([...NETCAT, HOST, `${port}`]);
      assert.ok(client.stdout !== null);
      server.stdin?.write("bye");
      assert.equal(String((await once(client.stdout, "data"))[0]), "bye");
      server.kill();
      const [status] = (await once(client, "close")) as [number | null];
      assert.equal(status, 0);
    });
  }

  it("exchanges packets with OpenBSD nc", { skip: missing("nc.openbsd") }, async () => {
    const port = await freePort();
    const server = start(["nc.openbsd", "-vlu", "127.0.0.1", `${port}`]);
    await says(server.stderr, /bound/i);
    const client = start([...NETCAT, "-u", "127.0.0.1", `${port}`]);
    client.stdin?.write("ping\n");
    await says(server.stdout, /ping/);
    server.stdin?.write("pong\n");
    await says(client.stdout, /pong/);
    client.kill();
    server.kill();
  });
});

describe("belfry netcat -l with others that call", () => {
  for (const { name, skip, command } of PEERS) {
    it(`exchanges all bytes with ${name}`, { skip }, async () => {
      const server = start([...NETCAT, "-l", "0"]);
      const [, port] = await says(server.stderr, /listening on .*:(\d+)\n/);
      const [ours, theirs] = await Promise.all([finish(server, DATA), run(command(Number(port)), DATA)]);
      assert.ok(ours.equals(DATA));
      assert.ok(theirs.equals(DATA));
    });
  }

  it("takes a second caller after one that resets, with -k", async () => {
    const server = start([...NETCAT, "-lk", "0"]);
    const [, port] = await says(server.stderr, /listening on .*:(\d+)\n/);
    const first = await dial(`127.0.0.1:${port}`);
    await first.write("one");
    await says(server.stdout, /one/);
    first.abort();
    await says(server.stderr, /ECONNRESET/);
    await run([...NETCAT, "127.0.0.1", `${port}`], "two");
    server.kill();
  });
});
