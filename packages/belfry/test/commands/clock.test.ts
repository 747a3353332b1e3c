import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { describe, it } from "node:test";
import { type BelfryProcess, runBelfry, startBelfry } from "../belfry-process.js";

/** A client that hands out lines with the moment of their coming. */
class Client {
  readonly socket: Socket;
  readonly #lines: AsyncIterator<string>;

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.#lines = createInterface({ input: this.socket, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
  }

  async next(): Promise<{ line: string; at: number }> {
    const { value, done } = await this.#lines.next();
    assert.notEqual(done, true, "the server ended the connection");
    return { line: String(value), at: Date.now() };
  }

  async take(count: number): Promise<string[]> {
    const lines: string[] = [];
    while (lines.length < count) lines.push((await this.next()).line);
    return lines;
  }
}

async function withClock(
  args: readonly string[],
  env: Record<string, string>,
  body: (port: number, clock: BelfryProcess) => Promise<void>,
): Promise<void> {
  const clock = startBelfry(["clock", "--listen", "127.0.0.1:0", ...args], env);
  try {
    await body(await clock.port(), clock);
  } finally {
    await clock[Symbol.asyncDispose]();
  }
}

const seconds = (line: string): number => {
  const [hours = 0, minutes = 0, rest = 0] = line.split(":").map(Number);
  return hours * 3600 + minutes * 60 + rest;
};

function assertConsecutive(lines: readonly string[]): void {
  for (const [at, line] of lines.entries()) {
    assert.match(line, /^\d\d:\d\d:\d\d$/);
    if (at > 0) assert.equal((seconds(line) - seconds(lines[at - 1] ?? "") + 86_400) % 86_400, 1, lines.join(" "));
  }
}

describe("belfry clock", () => {
  it("shows consecutive seconds of the wall clock, the first at once", async () => {
    // The long run counts what a short one cannot: BELFRY_LONG_TESTS=1 makes it 91 lines.
    const count = process.env["BELFRY_LONG_TESTS"] === "1" ? 91 : 6;
    await withClock(["--tz", "UTC"], {}, async (port) => {
      const began = Date.now();
      const client = new Client(port);
      const first = await client.next();
      assert.ok(first.at - began < 500, `the first line took ${first.at - began} ms`);
      const lines = [first.line, ...(await client.take(count - 1))];
      assertConsecutive(lines);
      const now = new Date();
      const shown = seconds(lines.at(-1) ?? "");
      assert.equal(shown, now.getUTCHours() * 3600 + now.getUTCMinutes() * 60 + now.getUTCSeconds());
      client.socket.destroy();
    });
  });

  it("takes the zone from --tz as from TZ", async () => {
    await withClock(["--tz", "Asia/Tokyo"], {}, (first) =>
      withClock([], { TZ: "Asia/Tokyo" }, async (second) => {
        const clients = [new Client(first), new Client(second)];
        // Lines that come with a tick are of the same second; the very first ones need not be.
        const [byOption, byEnv] = await Promise.all(clients.map((client) => client.take(3)));
        const shared = byOption?.filter((line) => byEnv?.includes(line)) ?? [];
        assert.ok(shared.length >= 2, `${byOption?.join(" ")} against ${byEnv?.join(" ")}`);
        const hours = Number(new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Tokyo", hour: "2-digit" }).format());
        assert.ok((hours * 3600 + 3600 - seconds(shared.at(-1) ?? "")) % 86_400 <= 3605);
        for (const { socket } of clients) socket.destroy();
      }),
    );
  });

  it("ticks for all clients together", async () => {
    await withClock([], {}, async (port) => {
      const clients = Array.from({ length: 5 }, () => new Client(port));
      await Promise.all(clients.map((client) => client.next()));
      for (let tick = 0; tick < 2; tick += 1) {
        const lines = await Promise.all(clients.map((client) => client.next()));
        assert.equal(new Set(lines.map(({ line }) => line)).size, 1);
        const moments = lines.map(({ at }) => at);
        assert.ok(Math.max(...moments) - Math.min(...moments) < 250);
      }
      for (const { socket } of clients) socket.destroy();
    });
  });

  it("serves one at a time with --max-conns 1, the next within a second of the first's leaving", async () => {
    await withClock(["--max-conns", "1"], {}, async (port) => {
      const first = new Client(port);
      await first.take(2);
      const second = new Client(port);
      await once(second.socket, "connect");
      const waiting = second.next();
      await first.next();
      assert.equal(second.socket.bytesRead, 0);
      const left = Date.now();
      first.socket.destroy();
      const { at } = await waiting;
      assert.ok(at - left < 1000, `it took ${at - left} ms`);
      second.socket.destroy();
    });
  });

  it("goes on for a client that has ended its half", async () => {
    await withClock([], {}, async (port) => {
      const client = new Client(port);
      client.socket.end();
      assertConsecutive(await client.take(3));
      client.socket.destroy();
    });
  });

  it("ends at SIGTERM with its clients, having said so", async () => {
    await withClock([], {}, async (port, clock) => {
      const client = new Client(port);
      await client.next();
      client.socket.on("end", () => client.socket.end());
      clock.child.kill("SIGTERM");
      const { status, stderr } = await clock.ended;
      assert.equal(status, 0);
      assert.match(
        stderr,
        /^listening on 127\.0\.0\.1:\d+\nshutting down\nclock#1 closed \(.+\nconnections drained: 1, cut: 0\nall done\n$/,
      );
    });
  });

  for (const signal of ["SIGINT", "SIGQUIT"] as const) {
    it(`ends at ${signal}`, { skip: process.platform === "win32" && "Windows has no such signals" }, async () => {
      await withClock([], {}, async (_port, clock) => {
        clock.child.kill(signal);
        assert.equal((await clock.ended).status, 0);
      });
    });
  }

  it("names a port in use", async () => {
    await withClock([], {}, async (port) => {
      const { status, stdout, stderr } = await runBelfry(["clock", "--listen", `127.0.0.1:${port}`]);
      assert.equal(status, 1);
      assert.equal(stdout, "");
      assert.match(stderr, new RegExp(`^belfry: Cannot listen on 127\\.0\\.0\\.1:${port}: EADDRINUSE.*\\n$`));
    });
  });

  it("logs JSON when asked", async () => {
    await withClock(["--log-format", "json"], {}, async (_port, clock) => {
      clock.child.kill("SIGTERM");
      const { stderr } = await clock.ended;
      const messages = stderr
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { msg: string }).msg);
      assert.deepEqual(messages.slice(1), ["shutting down", "connections drained: 0, cut: 0", "all done"]);
    });
  });
});
