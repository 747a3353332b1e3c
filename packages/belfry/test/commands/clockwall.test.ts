import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { PassThrough, Writable } from "node:stream";
import { afterEach, describe, it } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { clock } from "@belfry/clock";
import { listen } from "@belfry/net";
import { serve, type Server } from "@belfry/server";
import type { Io } from "../../src/io.js";
import { main } from "../../src/main.js";

const running = new Set<Terminal>();

afterEach(() => {
  for (const { signals } of running) signals.emit("SIGTERM");
  running.clear();
});

/** A process in memory whose output tells when it is written to. */
class Terminal {
  /** What raw mode was set to, call by call. */
  readonly modes: boolean[] = [];
  readonly stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (isRaw: boolean) => void this.modes.push(isRaw),
  });
  readonly signals = new EventEmitter();
  readonly io: Io;
  /** All output. */
  all = "";
  /** The output since `shows` was called last. */
  stdout = "";
  stderr = "";
  readonly #events = new EventEmitter();

  constructor(isTTY: boolean, env: Io["env"] = {}) {
    const stdout = new Writable({
      write: (chunk, _encoding, done) => {
        this.all += String(chunk);
        this.stdout += String(chunk);
        this.#events.emit("output");
        done();
      },
    });
    const stderr = new Writable({
      write: (chunk, _encoding, done) => {
        this.stderr += String(chunk);
        this.#events.emit("output");
        done();
      },
    });
    this.io = {
      stdin: this.stdin,
      stdout: Object.assign(stdout, { isTTY, columns: 100, rows: 24 }),
      stderr,
      env,
      signals: this.signals,
    };
  }

  run(...args: string[]): Promise<number> {
    // A test that fails leaves its clock wall running.
    running.add(this);
    return main(["clockwall", ...args], this.io);
  }

  /** Resolves once `pattern` matches what was written since the last call. */
  async shows(pattern: RegExp): Promise<void> {
    this.stdout = "";
    while (!pattern.test(`${stripVTControlCharacters(this.stdout)}\n${this.stderr}`))
      await once(this.#events, "output");
  }
}

async function startClock(port = 0): Promise<Server> {
  return serve({ port }, clock({ timeZone: "Asia/Tokyo" }));
}

async function closedPort(): Promise<number> {
  const listener = await listen("127.0.0.1:0");
  await listener.close();
  return listener.addr.port;
}

describe("belfry clockwall --once", () => {
  it("prints each clock's time once, in the order given", async () => {
    await using server = await startClock();
    const terminal = new Terminal(false);
    assert.equal(await terminal.run(`B=${String(server.addr)}`, `A=${String(server.addr)}`, "--once"), 0);
    assert.match(terminal.stdout, /^B \d\d:\d\d:\d\d\nA \d\d:\d\d:\d\d\n$/);
    assert.equal(terminal.stderr, "");
  });

  it("names the clocks it could not read and ends with 1", async () => {
    await using server = await startClock();
    const terminal = new Terminal(false);
    const port = await closedPort();
    assert.equal(await terminal.run(`Gone=127.0.0.1:${port}`, `Tokyo=${String(server.addr)}`, "--once"), 1);
    assert.match(terminal.stdout, /^Tokyo \d\d:\d\d:\d\d\n$/);
    assert.equal(terminal.stderr, `belfry: Cannot read Gone at 127.0.0.1:${port}: connection refused\n`);
  });

  it("prints a JSON object a clock", async () => {
    await using server = await startClock();
    const terminal = new Terminal(false);
    const port = await closedPort();
    assert.equal(await terminal.run(`Tokyo=${String(server.addr)}`, `Gone=127.0.0.1:${port}`, "--once", "--json"), 1);
    const [first, second] = terminal.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(Object.keys(first ?? {}), ["name", "address", "state", "since", "time", "error"]);
    assert.equal(first?.["state"], "ticking");
    assert.deepEqual([second?.["state"], second?.["time"], second?.["error"]], ["lost", null, "connection refused"]);
  });
});

describe("belfry clockwall where the output is no terminal", () => {
  it("prints a line for each time told, and what is wrong on standard error", async () => {
    const server = await startClock();
    const terminal = new Terminal(false);
    const ended = terminal.run(`Tokyo=${String(server.addr)}`);
    await terminal.shows(/^(Tokyo \d\d:\d\d:\d\d\n){2}/);
    await server.close();
    await terminal.shows(/Tokyo lost: .+\n/);
    await using _again = await startClock(server.addr.port);
    await terminal.shows(/Tokyo \d\d:\d\d:\d\d\n/);
    terminal.signals.emit("SIGINT");
    assert.equal(await ended, 130);
  });

  it("prints a JSON object for each change with --json", async () => {
    await using server = await startClock();
    const terminal = new Terminal(true);
    const ended = terminal.run(`Tokyo=${String(server.addr)}`, "--json");
    await terminal.shows(/^\{"name":"Tokyo",.*"state":"ticking".*\}\n/);
    terminal.signals.emit("SIGTERM");
    assert.equal(await ended, 143);
  });
});

describe("belfry clockwall on a terminal", () => {
  it("keeps one table that shows a clock's death and return, and ends with q", async () => {
    const server = await startClock();
    const terminal = new Terminal(true, { NO_COLOR: "1" });
    const ended = terminal.run(`Tokyo=${String(server.addr)}`);
    await terminal.shows(/● {2}Tokyo {2}\d\d:\d\d:\d\d {2}ticking/);
    await server.close();
    await terminal.shows(/✕ {2}Tokyo {2}\d\d:\d\d:\d\d {2}lost for 0s/);
    await using _again = await startClock(server.addr.port);
    await terminal.shows(/● {2}Tokyo {2}\d\d:\d\d:\d\d {2}ticking/);
    terminal.stdin.write("q");
    assert.equal(await ended, 0);
    assert.ok(!terminal.all.includes("\u001B[32m"));
    assert.ok(terminal.all.startsWith("\u001B[?25l"));
    assert.ok(terminal.stdout.endsWith("\u001B[?25h"));
    assert.deepEqual(terminal.modes, [true, false]);
  });

  it("ends with 130 on Ctrl-C, the cursor back", async () => {
    const terminal = new Terminal(true);
    const ended = terminal.run(`Gone=127.0.0.1:${await closedPort()}`);
    await terminal.shows(/lost/);
    terminal.stdin.write("\u0003");
    assert.equal(await ended, 130);
    assert.ok(terminal.stdout.endsWith("\u001B[?25h"));
  });

  it("draws on a terminal that does not know its size", async () => {
    const terminal = new Terminal(true, { NO_COLOR: "1" });
    Object.assign(terminal.io.stdout, { columns: 0, rows: 0 });
    const ended = terminal.run(`Gone=127.0.0.1:${await closedPort()}`);
    await terminal.shows(/✕ {2}Gone {3}--:--:-- {2}lost for 0s/);
    terminal.stdin.write("q");
    assert.equal(await ended, 0);
    assert.ok(terminal.stdout.endsWith("\u001B[?25h"));
  });

  it("prints lines where lines cannot be drawn over", async () => {
    await using server = await startClock();
    const terminal = new Terminal(true, { TERM: "dumb" });
    const ended = terminal.run(`Tokyo=${String(server.addr)}`);
    await terminal.shows(/^Tokyo \d\d:\d\d:\d\d\n/);
    terminal.signals.emit("SIGINT");
    assert.equal(await ended, 130);
  });
});

describe("belfry clockwall --web", () => {
  it("serves the wall and its feed until a signal, says where, and ends with 0", async () => {
    await using server = await startClock();
    const terminal = new Terminal(false);
    const ended = terminal.run(`Tokyo=${String(server.addr)}`, "--web", "127.0.0.1:0");
    await terminal.shows(/wall on /);
    const [, base = ""] = /^listening on \S+\nwall on (http:\/\/127\.0\.0\.1:\d+\/)\n$/.exec(terminal.stderr) ?? [];
    const page = await fetch(base);
    assert.match(await page.text(), /<title>Clock wall<\/title>/);
    assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'/);
    const feed = await fetch(`${base}wall/feed`);
    assert.match(await readUntil(feed, /"state":"ticking"/), /^event: wall\ndata: \{"faces":\[\{"name":"Tokyo",/m);
    assert.equal((await fetch(`${base}debug/conns`)).status, 404);
    terminal.signals.emit("SIGTERM");
    assert.equal(await ended, 0);
    await assert.rejects(fetch(base));
    assert.match(terminal.stderr, /\/\nshutting down\nall done\n$/);
    assert.equal(terminal.stdout, "");
    assert.equal(terminal.signals.listenerCount("SIGINT"), 0);
  });

  it("fails with 1 where it cannot listen, naming the address", async () => {
    await using server = await startClock();
    const terminal = new Terminal(false);
    const address = String(server.addr);
    assert.equal(await terminal.run(`Tokyo=${address}`, "--web", address), 1);
    assert.equal(terminal.stderr, `belfry: Cannot listen on ${address}: EADDRINUSE\n`);
  });
});

/** What a feed has sent once it matches; then hangs up. */
async function readUntil({ body }: Response, pattern: RegExp): Promise<string> {
  let text = "";
  if (body === null) return text;
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (pattern.test(text)) break;
  }
  return text;
}

describe("belfry clockwall, asked wrongly", () => {
  const WRONG: readonly [string[], RegExp][] = [
    [[], /missing required argument 'clock'/],
    [["Tokyo"], /"Tokyo": expected NAME=HOST:PORT/],
    [["=127.0.0.1:1"], /"=127\.0\.0\.1:1": expected NAME=HOST:PORT/],
    [["A=B=127.0.0.1:1"], /"A=B=127\.0\.0\.1:1"/],
    [["A=127.0.0.1:99999"], /99999/],
    [["A=127.0.0.1:1", "A=127.0.0.1:2"], /the name "A" twice/],
    [["A=127.0.0.1:1", "--web", "nowhere"], /--web "nowhere": expected HOST:PORT/],
    [["A=127.0.0.1:1", "--web", "unix:/tmp/wall"], /expected HOST:PORT/],
    [["A=127.0.0.1:1", "--web", "127.0.0.1:0", "--once"], /--web with --once/],
    [["A=127.0.0.1:1", "--web", "127.0.0.1:0", "--json"], /--web with --json/],
  ];
  for (const [args, pattern] of WRONG) {
    it(`refuses "${args.join(" ")}" with 2, in one line`, async () => {
      const terminal = new Terminal(false);
      assert.equal(await terminal.run(...args), 2);
      assert.match(terminal.stderr, pattern);
      assert.match(terminal.stderr, /^belfry: [^\n]*\n$/);
    });
  }
});
