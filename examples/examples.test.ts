import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { Client as FtpClient } from "basic-ftp";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));

class Example {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  stderr = "";

  constructor(name: string, ...args: string[]) {
    const stdio = ["ignore", "pipe", "pipe"] as const;
    this.child = spawn(process.execPath, ["--import", "tsx", `${FOLDER}${name}.ts`, ...args], { stdio: [...stdio] });
    this.child.stderr?.on("data", (data) => (this.stderr += String(data)));
    this.ended = once(this.child, "close").then(([status]) => status as number | null);
  }

  async port(): Promise<number> {
    for (;;) {
      const match = /^listening on .*:(\d+)$/m.exec(this.stderr);
      if (match !== null) return Number(match[1]);
      assert.ok(this.child.stderr);
      await once(this.child.stderr, "data");
    }
  }

  async stop(signal: NodeJS.Signals = "SIGKILL"): Promise<number | null> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** A client that speaks and hears in lines. */
class Client {
  readonly socket: Socket;
  readonly #lines: AsyncIterator<string>;

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.#lines = createInterface({ input: this.socket })[Symbol.asyncIterator]();
  }

  async hears(): Promise<string> {
    return String((await this.#lines.next()).value);
  }
}

async function running(
  name: string,
  args: string[],
  body: (port: number, example: Example) => Promise<void>,
): Promise<void> {
  const example = new Example(name, "127.0.0.1:0", ...args);
  try {
    await body(await example.port(), example);
  } finally {
    await example.stop();
  }
}

const TIME = /^\d\d:\d\d:\d\d$/;

describe("examples", () => {
  it("have at most 50 lines each", () => {
    for (const file of readdirSync(FOLDER)) {
      if (!file.endsWith(".ts") || file.endsWith(".test.ts")) continue;
      const count = readFileSync(`${FOLDER}${file}`, "utf8").trimEnd().split("\n").length;
      assert.ok(count <= 50, `${file} has ${count} lines`);
    }
  });

  it("sequential-clock serves one client after the other", async () => {
    await running("sequential-clock", [], async (port) => {
      const first = new Client(port);
      assert.match(await first.hears(), TIME);
      const second = new Client(port);
      await once(second.socket, "connect");
      assert.match(await first.hears(), TIME);
      assert.equal(second.socket.bytesRead, 0);
      first.socket.destroy();
      assert.match(await second.hears(), TIME);
      second.socket.destroy();
    });
  });

  it("concurrent-clock serves clients beside each other and lets them go at the end", async () => {
    await running("concurrent-clock", [], async (port, example) => {
      const clients = [new Client(port), new Client(port)];
      for (const client of clients) assert.match(await client.hears(), TIME);
      assert.equal(await example.stop("SIGTERM"), 0);
      assert.match(example.stderr, /\nall done\n$/);
    });
  });

  it("reverb lets echoes overlap and finishes them", async () => {
    await running("reverb", ["50"], async (port, example) => {
      const socket = connect(port, "127.0.0.1");
      socket.end("A\nB\n");
      assert.equal(await text(socket), "\t A\n\t B\n\t A\n\t B\n\t a\n\t b\n");
      assert.equal(await example.stop("SIGTERM"), 0);
      assert.match(example.stderr, /\nall done\n$/);
    });
  });

  it("read-write-split ends reader and writer together", async () => {
    await running("read-write-split", [], async (port, example) => {
      const client = new Client(port);
      client.socket.write("hello\n");
      assert.equal(await client.hears(), "you said hello");
      assert.equal(await example.stop("SIGTERM"), 0);
      assert.match(example.stderr, /\nrecv quit signal\nhandler done\nall done\n$/);
    });
  });

  it("chat tells everyone what each says", async () => {
    await running("chat", [], async (port) => {
      const ann = new Client(port);
      assert.equal(await ann.hears(), "You are guest1, with 0 others here");
      const bob = new Client(port);
      assert.equal(await bob.hears(), "You are guest2, with 1 others here");
      assert.equal(await ann.hears(), "guest2 has arrived");
      bob.socket.write("hi\n");
      assert.equal(await ann.hears(), "guest2: hi");
      assert.equal(await bob.hears(), "guest2: hi");
      bob.socket.end();
      assert.equal(await ann.hears(), "guest2 has left");
      ann.socket.destroy();
    });
  });

  it("client-with-timeouts hears the whole echo, or gives up", async () => {
    await running("reverb", ["30"], async (port) => {
      const patient = new Example("client-with-timeouts", `127.0.0.1:${port}`, "Hello?", "2000");
      assert.equal(await output(patient), "\t HELLO?\n\t Hello?\n\t hello?\nheard it all\n");
      const hasty = new Example("client-with-timeouts", `127.0.0.1:${port}`, "Hello?", "5");
      assert.match(await output(hasty), /(nothing for 5 ms, after|took too long, with) [01] echoes\n$/);
    });
  });

  it("worker-pool does every job once and ends", async () => {
    const lines = (await output(new Example("worker-pool", "3", "20"))).trimEnd().split("\n");
    assert.equal(lines.pop(), "all done");
    const expected = Array.from({ length: 20 }, (_, at) => `${at + 1} squared is ${(at + 1) ** 2}`);
    assert.deepEqual(lines.sort(), expected.sort());
  });

  it("ftp-inbox moves on what has arrived, and lets cameras store pictures alone", async () => {
    const folder = mkdtempSync(join(tmpdir(), "inbox-"));
    const done = join(folder, "done");
    try {
      await running("ftp-inbox", [join(folder, "in"), done], async (port, example) => {
        assert.ok(example.child.stdout);
        const heard = text(example.child.stdout);
        const camera = new FtpClient();
        const file = (): Readable => Readable.from([Buffer.from("a picture")]);
        await camera.access({ host: "127.0.0.1", port, user: "camera", password: "secret" });
        await camera.uploadFrom(file(), "door.jpg");
        await assert.rejects(camera.uploadFrom(file(), "door.exe"), /553 Pictures only/);
        await assert.rejects(camera.downloadTo(new PassThrough(), "door.jpg"), /550 Permission denied/);
        camera.close();
        assert.equal(await example.stop("SIGTERM"), 0, example.stderr);
        assert.match(await heard, /^\/door\.jpg: 9 bytes, SHA-256 [0-9a-f]{64}\n$/);
        assert.equal(readFileSync(join(done, "door.jpg"), "utf8"), "a picture");
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("ftp-in-tests sees what was published, and what was not", async () => {
    assert.equal(await output(new Example("ftp-in-tests")), "publishes a report\ntells when the server is full\n");
  });
});

async function output(example: Example): Promise<string> {
  assert.ok(example.child.stdout);
  const heard = await text(example.child.stdout);
  assert.equal(await example.ended, 0, example.stderr);
  return heard;
}
