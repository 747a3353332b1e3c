import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { describe, it } from "node:test";
import { until } from "@belfry/testkit";
import { main } from "../src/main.js";
import { memoryIo } from "./memory-io.js";

async function run(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const { io, stdout, stderr } = memoryIo();
  const status = await main(args, io);
  return { status, stdout: stdout(), stderr: stderr() };
}

describe("main()", () => {
  it("prints its version", async () => {
    assert.deepEqual(await run("--version"), { status: 0, stdout: "0.1.0\n", stderr: "" });
  });

  it("prints help with every command and examples", async () => {
    const { status, stdout, stderr } = await run("--help");
    assert.equal(status, 0);
    assert.equal(stderr, "");
    for (const name of ["serve", "clock", "echo", "reverb", "netcat"])
      assert.match(stdout, new RegExp(`^  ${name}`, "m"));
    assert.match(stdout, /^Examples:\n {2}belfry serve$/m);
  });

  it("prints a command's help with its defaults", async () => {
    const { status, stdout } = await run("reverb", "--help");
    assert.equal(status, 0);
    assert.match(stdout, /--listen <address>[^-]*127\.0\.0\.1:8000/);
    assert.match(stdout, /--idle-timeout <duration>.*\(default: 5m\)/);
    assert.deepEqual(await run("help", "reverb"), { status: 0, stdout, stderr: "" });
  });

  it("is over when what it told has been read", async () => {
    const stderr = new Writable({ write: (_chunk, _encoding, done) => done() });
    stderr.cork();
    let isOver = false;
    const running = main([], { ...memoryIo().io, stderr }).finally(() => (isOver = true));
    await until(() => stderr.writableLength > 0);
    await new Promise(setImmediate);
    assert.equal(isOver, false);
    stderr.uncork();
    assert.equal(await running, 2);
    assert.equal(stderr.writableLength, 0);
  });

  it("ends all the same when nobody reads", async () => {
    const stderr = new Writable({ write: () => {} });
    const waiting = setTimeout(() => {}, 60_000);
    try {
      assert.equal(await main([], { ...memoryIo().io, stderr }), 2);
    } finally {
      clearTimeout(waiting);
    }
  });

  it("shows help as wrong usage when nothing was typed", async () => {
    const { status, stdout, stderr } = await run();
    assert.equal(status, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /^Usage: belfry/);
  });

  const WRONG: [string, RegExp][] = [
    ["clok", /^belfry: unknown command 'clok' \(Did you mean clock\?\)\n$/],
    ["zzzzzzzz", /^belfry: unknown command 'zzzzzzzz'; see belfry --help\n$/],
    ["--verson", /^belfry: unknown option '--verson' \(Did you mean --version\?\)\n$/],
    ["reverb --sequental", /^belfry: unknown option '--sequental' \(Did you mean --sequential\?\)\n$/],
    ["clock --listen", /^belfry: option '--listen <address>' argument missing; see belfry --help\n$/],
    ["clock 8000", /^belfry: too many arguments for 'clock'.*\n$/],
    ["help clok", /^belfry: .*\n$/],
    ["clock --listen 8000", /^belfry: Cannot use --listen "8000": expected HOST:PORT, \[IPV6\]:PORT or unix:PATH\n$/],
    ["clock --listen :70000", /^belfry: Cannot use --listen ":70000": expected a whole number from 0 to 65535\n$/],
    ["clock --tz Mars/Base", /^belfry: Cannot use --tz "Mars\/Base": unknown time zone\n$/],
    ["clock --max-conns 0", /^belfry: Cannot use --max-conns "0": expected a whole number of at least 1\n$/],
    ["reverb --delay 10x", /^belfry: Cannot use --delay "10x": expected a number with a unit.*\n$/],
    ["echo --idle-timeout soon", /^belfry: Cannot use --idle-timeout "soon": expected a number with a unit.*\n$/],
    ["echo --log-level loud", /^belfry: option '--log-level <level>' argument 'loud' is invalid\. .*\n$/],
    [
      "echo --debug 0.0.0.0:6060",
      /^belfry: Cannot use --debug on 0\.0\.0\.0 without a token: others can reach it; set BELFRY_DEBUG_TOKEN or .*\n$/,
    ],
    ["echo --debug unix:/tmp/x.sock", /^belfry: Cannot use --debug "unix:\/tmp\/x\.sock": expected HOST:PORT.*\n$/],
    ["echo --debug-token é", /^belfry: Cannot use --debug-token: expected 1 to 256 printable ASCII characters.*\n$/],
  ];
  for (const [line, message] of WRONG) {
    it(`answers "${line}" with one line and status 2`, async () => {
      const { status, stdout, stderr } = await run(...line.split(" "));
      assert.match(stderr, message);
      assert.equal(status, 2);
      assert.equal(stdout, "");
    });
  }

  it("names a zone in TZ that nobody knows", async () => {
    const { io, stderr } = memoryIo({ TZ: "Mars/Base" });
    assert.equal(await main(["clock"], io), 2);
    assert.equal(stderr(), 'belfry: Cannot use TZ "Mars/Base": unknown time zone\n');
  });

  it("names a host that does not resolve, with status 1", async () => {
    const { status, stderr } = await run("clock", "--listen", "no-such-host.invalid:8000");
    assert.match(stderr, /^belfry: Cannot listen on no-such-host\.invalid:8000: (ENOTFOUND|EAI_AGAIN).*\n$/);
    assert.equal(status, 1);
  });
});
