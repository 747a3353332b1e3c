import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { PassThrough, Writable } from "node:stream";
import { describe, it } from "node:test";
import { stripVTControlCharacters } from "node:util";
import type { Io } from "../../src/io.js";
import { main } from "../../src/main.js";
import { controlFolder, isUnix, startControlled } from "../control/control-folder.js";
import { memoryIo } from "../memory-io.js";

/** A terminal in memory that tells when it is written to. */
class Terminal {
  readonly modes: boolean[] = [];
  readonly stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (isRaw: boolean) => void this.modes.push(isRaw),
  });
  readonly stdout: Writable & { isTTY: boolean; columns: number; rows: number };
  readonly io: Io;
  all = "";
  /** The output since `shows` was called last. */
  recent = "";
  readonly #events = new EventEmitter();

  constructor(env: Io["env"]) {
    const write = (chunk: unknown, _encoding: string, done: () => void): void => {
      this.all += String(chunk);
      this.recent += String(chunk);
      this.#events.emit("output");
      done();
    };
    this.stdout = Object.assign(new Writable({ write }), { isTTY: true, columns: 120, rows: 30 });
    this.io = { stdin: this.stdin, stdout: this.stdout, stderr: new PassThrough(), env, signals: new EventEmitter() };
  }

  /** Resolves once `pattern` matches what was written since the call; keys are pressed first. */
  async shows(pattern: RegExp, ...keys: readonly string[]): Promise<void> {
    this.recent = "";
    for (const key of keys) this.stdin.write(key);
    while (!pattern.test(stripVTControlCharacters(this.recent))) await once(this.#events, "output");
  }
}

const LIVE = ["top", "--interval", "100ms"];

describe("belfry top", { skip: !isUnix }, () => {
  it("is live, does what keys say, and leaves the terminal as it was", async (t) => {
    const folder = controlFolder(t);
    await startControlled(t, folder.socket("1"), "echo", "Tokyo:clock");
    const terminal = new Terminal({ ...folder.env, NO_COLOR: "1" });
    const ended = main(LIVE, terminal.io);
    await terminal.shows(/● {2}echo +serving .*q quit · \? help · s sorted by rate · Tab all services/s);
    await terminal.shows(/▸ {2}echo/, "\t");
    await terminal.shows(/● {2}echo .*OUT▾.*s sorted by out · Tab all services/s, "\u001B[Z", "o");
    await terminal.shows(/Shift-Tab, ↑ ← {2}of the one before/, "?");
    await terminal.shows(/paused · q quit/, "\u001B", "p");
    terminal.stdin.write("q");
    assert.equal(await ended, 0);
    assert.deepEqual(terminal.modes, [true, false]);
    assert.ok(terminal.all.endsWith("\u001B[?25h"));
    assert.doesNotMatch(terminal.all, /\u001B\[3\dm/);
  });

  it("tells that the host has gone, and goes on with the next one", async (t) => {
    const folder = controlFolder(t);
    const { control, host } = await startControlled(t, folder.socket("1"), "echo");
    const terminal = new Terminal(folder.env);
    const ended = main(LIVE, terminal.io);
    await terminal.shows(/● serving/);
    await control.close();
    await host.close();
    await terminal.shows(/✕ no answer for 0s, still looking .*no host is running/s);
    await startControlled(t, folder.socket("2"), "reverb");
    await terminal.shows(/● serving .*reverb/s);
    terminal.stdin.write("\u0003");
    assert.equal(await ended, 130);
    assert.deepEqual(terminal.modes, [true, false]);
  });

  it("draws anew when the window changes", async (t) => {
    const folder = controlFolder(t);
    await startControlled(t, folder.socket("1"), "echo");
    const terminal = new Terminal(folder.env);
    const ended = main(LIVE, terminal.io);
    await terminal.shows(/ADDRESS/);
    terminal.stdout.columns = 40;
    setImmediate(() => terminal.stdout.emit("resize"));
    await terminal.shows(/echo/);
    const widths = stripVTControlCharacters(terminal.recent)
      .split("\n")
      .map(({ length }) => length);
    assert.ok(Math.max(...widths) <= 40);
    (terminal.io.signals as EventEmitter).emit("SIGTERM");
    assert.equal(await ended, 143);
  });

  it("prints one picture where there is no terminal", async (t) => {
    const folder = controlFolder(t);
    await startControlled(t, folder.socket("1"), "echo");
    const { io, stdout } = memoryIo(folder.env);
    assert.equal(await main(LIVE, io), 0);
    assert.match(stdout(), /^ {2}belfry 0\.1\.0 · ● serving/);
    assert.match(stdout(), /^ {2}● {2}echo +serving +0\/1,000 +0 +0 +0 +0 /m);
    assert.doesNotMatch(stdout(), /quit/);
  });

  it("prints figures as JSON, rates among them", async (t) => {
    const folder = controlFolder(t);
    await startControlled(t, folder.socket("1"), "echo");
    const { io, stdout } = memoryIo(folder.env);
    assert.equal(await main([...LIVE, "--json"], io), 0);
    const { services, totals } = JSON.parse(stdout()) as { services: { name: string; read: number }[]; totals: object };
    assert.deepEqual(
      services.map(({ name, read }) => [name, read]),
      [["echo", 0]],
    );
    assert.ok("loopDelay" in totals);
  });

  it("ends with 1 where no host is running", async (t) => {
    const terminal = new Terminal(controlFolder(t).env);
    assert.equal(await main(["top"], terminal.io), 1);
    assert.deepEqual(terminal.modes, []);
  });
});
