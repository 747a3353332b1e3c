import { withoutLeaks } from "@belfry/testkit";
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import * as nodeNet from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { describe, it } from "node:test";
import { bind, canBind } from "../src/bind.js";
import { dial } from "../src/dial.js";
import { listen } from "../src/listen.js";

const skip = canBind ? false : "sockets cannot be bound here";

/** A process that does as `script` says with the descriptor 3, until it is killed. Resolves once it has printed a line. */
async function child(script: string, fd: number | "ignore" = "ignore"): Promise<ChildProcess> {
  const program = `const net = require("node:net"); const say = (text) => console.log(text); ${script}`;
  const started = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit", fd] });
  assert.ok(started.stdout);
  await once(started.stdout, "data");
  return started;
}

const SERVE = 'net.createServer((s) => s.end("served by " + process.pid)).listen({ fd: 3 }, () => say("up"));';

/** The same with our own `listen`, and `readSync` for a process that is to do nothing until it is written to. */
async function listener(script: string, fds: readonly number[]): Promise<ChildProcess> {
  const source = JSON.stringify(new URL("../src/listen.ts", import.meta.url).href);
  const program = `import { readSync } from "node:fs"; import { listen } from ${source}; const say = console.log; ${script}`;
  const args = [
    ...process.execArgv.filter((option) => !option.startsWith("--test")),
    "--input-type=module",
    "-e",
    program,
  ];
  const started = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit", ...fds] });
  assert.ok(started.stdout);
  await once(started.stdout, "data");
  return started;
}

async function kill(process: ChildProcess): Promise<void> {
  process.kill("SIGKILL");
  await once(process, "exit");
}

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "belfry-bind-"));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The file of a Unix socket whose process was killed. */
async function leaveBehind(path: string): Promise<void> {
  await kill(await child(`net.createServer().listen(${JSON.stringify(path)}, () => say("up"));`));
  assert.ok(existsSync(path));
}

describe("bind", { skip }, () => {
  it("has the real port, and refuses dials until somebody listens", () =>
    withoutLeaks(async () => {
      const bound = await bind("127.0.0.1:0");
      assert.notEqual(bound.addr.port, 0);
      await assert.rejects(dial(bound.addr), /ECONNREFUSED/);
      await bound.close();
      await bound.close();
    }));

  it("lets several processes listen on one socket, and dials wait while none lives", async () => {
    const bound = await bind("127.0.0.1:0");
    const first = await child(SERVE, bound.fd);
    await kill(first);
    const conn = await dial(bound.addr); // into the kernel's queue
    const second = await child(SERVE, bound.fd);
    assert.equal(String(await conn.read()), `served by ${second.pid}`);
    await conn.close();
    await bound.close();
    const later = await dial(bound.addr); // the child's own descriptor goes on
    assert.equal(String(await later.read()), `served by ${second.pid}`);
    await later.close();
    await kill(second);
    await assert.rejects(dial(bound.addr), /ECONNREFUSED/);
  });

  it(
    "lets as many dials wait on a descriptor as its backlog says",
    { skip: process.platform !== "linux" },
    async () => {
      const bound = await bind("127.0.0.1:0");
      // It accepts none of them.
      const owner = await listener(`listen({ fd: 3 }).then(() => { say("up"); readSync(0, Buffer.alloc(1)); });`, [
        bound.fd,
      ]);
      const dials = await Promise.all(Array.from({ length: 700 }, () => dial(bound.addr, { timeout: 20_000 })));
      for (const conn of dials) conn.abort();
      await kill(owner);
      await bound.close();
    },
  );

  it(
    "accepts one connection a descriptor and turn of the event loop",
    { skip: process.platform !== "linux" },
    async () => {
      const bound = await bind("127.0.0.1:0");
      const script = `
      listen({ fd: 3, copies: [4, 5, 6] }).then(async (listener) => {
        say("up");
        readSync(0, Buffer.alloc(1)); // until all have dialled
        let turns = 0;
        const turn = () => { turns += 1; setImmediate(turn); };
        for (let i = 0; i < 8; i += 1) {
          (await listener.accept()).abort();
          if (i === 0) turn();
        }
        say("turns " + turns);
        await listener.close();
        process.exit();
      });`;
      const owner = await listener(
        script,
        Array.from({ length: 4 }, () => bound.fd),
      );
      const dials = await Promise.all(Array.from({ length: 8 }, () => dial(bound.addr)));
      owner.stdin?.end("go");
      const [said] = (await once(owner.stdout as Readable, "data")) as [Buffer];
      assert.ok(Number(/turns (\d+)/.exec(String(said))?.[1]) <= 4, String(said));
      await once(owner, "exit");
      for (const conn of dials) conn.abort();
      await bound.close();
      await assert.rejects(dial(bound.addr), /ECONNREFUSED/);
    },
  );

  it("says at once that another socket listens there", () =>
    withoutLeaks(async () => {
      const listener = await listen("127.0.0.1:0");
      await assert.rejects(bind(listener.addr), {
        name: "BrokenError",
        op: "listen",
        message: `Cannot listen on ${String(listener.addr)}: EADDRINUSE address already in use`,
      });
      await listener.close();
    }));

  it("says that the address is not this machine's, or does not resolve", () =>
    withoutLeaks(async () => {
      await assert.rejects(bind("192.0.2.1:0"), /Cannot listen on 192\.0\.2\.1:0: EADDRNOTAVAIL/);
      await assert.rejects(bind("no.such.name.invalid:0"), { name: "BrokenError", op: "listen" });
    }));

  it("takes IPv4 too on ::", async () => {
    const bound = await bind("[::]:0");
    const listener = await listen({ fd: bound.fd });
    await using conn = await dial({ host: "127.0.0.1", port: bound.addr.port });
    await using accepted = await listener.accept();
    assert.equal(accepted.remoteAddr.port, conn.localAddr.port);
    await listener.close();
  });

  it("takes a name", async () => {
    const bound = await bind("localhost:0");
    assert.match(bound.addr.host, /^(127\.0\.0\.1|::1)$/);
    await bound.close();
  });

  it("gives a Unix socket its permissions, and removes its file when it closes", () =>
    withFolder(async (folder) => {
      const path = join(folder, "s");
      const bound = await bind({ path }, { mode: 0o620 });
      assert.equal(statSync(path).mode & 0o777, 0o620);
      assert.equal(String(bound.addr), `unix:${path}`);
      await bound.close();
      assert.equal(existsSync(path), false);
    }));

  it("replaces the file of a Unix socket whose process is gone", () =>
    withFolder(async (folder) => {
      const path = join(folder, "s");
      await leaveBehind(path);
      const bound = await bind({ path });
      const listener = await listen({ fd: bound.fd, path });
      assert.equal(String(listener.addr), `unix:${path}`);
      await using conn = await dial({ path });
      assert.equal(conn.remoteAddr.path, path);
      await (await listener.accept()).close();
      await listener.close();
      assert.equal(existsSync(path), false);
    }));

  it("leaves a Unix socket alone that somebody listens on, or has bound", () =>
    withFolder(async (folder) => {
      const taken = { name: "BrokenError", message: /EADDRINUSE/ };
      const path = join(folder, "listening");
      const listener = await listen({ path });
      await assert.rejects(bind({ path }), taken);
      await (await dial({ path })).close();
      await listener.close();
      if (process.platform !== "linux") return;
      const bound = await bind({ path });
      await assert.rejects(bind({ path }), taken);
      await bound.close();
    }));

  it("never removes what is no socket", () =>
    withFolder(async (folder) => {
      const path = join(folder, "file");
      writeFileSync(path, "precious");
      await assert.rejects(bind({ path }), /EADDRINUSE/);
      await assert.rejects(listen({ path }), /EADDRINUSE/);
      assert.ok(existsSync(path));
    }));

  it("refuses permissions that are none, and descriptors", async () => {
    await assert.rejects(bind(":0", { mode: 0o1000 }), RangeError);
    await assert.rejects(bind({ fd: 3 }), TypeError);
  });
});

describe("listen on a descriptor", { skip }, () => {
  it("takes over what was bound in the same process", () =>
    withoutLeaks(async () => {
      const bound = await bind("127.0.0.1:0");
      const listener = await listen({ fd: bound.fd });
      assert.equal(String(listener.addr), String(bound.addr));
      await bound.close(); // the listener's now
      const conn = await dial(bound.addr);
      await (await listener.accept()).close();
      await conn.close();
      await listener.close();
      await assert.rejects(dial(bound.addr), /ECONNREFUSED/);
    }));

  it("says that another socket has come to listen first", () =>
    withoutLeaks(async () => {
      const one = await bind("127.0.0.1:0");
      const other = await bind(one.addr); // the system allows it while neither listens
      const listener = await listen({ fd: one.fd });
      await assert.rejects(listen({ fd: other.fd }), {
        name: "BrokenError",
        message: `Cannot listen on descriptor ${other.fd}: EADDRINUSE address already in use`,
      });
      await listener.close();
    }));

  it("says that a descriptor is none to listen on", async () => {
    await assert.rejects(listen({ fd: 9_999 }), {
      name: "BrokenError",
      message: "Cannot listen on descriptor 9999: EINVAL invalid argument",
    });
    await assert.rejects(listen({ fd: -1 }), RangeError);
    await assert.rejects(dial({ fd: 3 }), TypeError);
  });
});

describe("listen on a Unix socket", { skip: process.platform === "win32" }, () => {
  it("replaces the file of one whose process is gone", () =>
    withFolder(async (folder) => {
      const path = join(folder, "s");
      await leaveBehind(path);
      const listener = await listen({ path }, { mode: 0o600 });
      assert.equal(statSync(path).mode & 0o777, 0o600);
      await assert.rejects(listen({ path }, { mode: 0o666 }), /EADDRINUSE/);
      assert.equal(statSync(path).mode & 0o777, 0o600);
      const plain = nodeNet.connect({ path });
      await once(plain, "connect");
      plain.destroy();
      await listener.close();
    }));
});
