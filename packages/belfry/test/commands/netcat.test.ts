import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { type Conn, listen, type Listener } from "@belfry/net";
import { echo, reverb } from "@belfry/reverb";
import { serve } from "@belfry/server";
import { certificate } from "@belfry/testkit";
import { main } from "../../src/main.js";
import { memoryIo } from "../memory-io.js";
import { startClient, startShell } from "../netcat-process.js";

const folder = mkdtempSync(join(tmpdir(), "belfry-netcat-"));
after(() => rmSync(folder, { recursive: true }));
const noShell = process.platform === "win32" ? "no bash here" : false;

/** A listener whose first connection the test answers itself. */
async function listening(answer: (conn: Conn) => Promise<void>): Promise<{ port: string; listener: Listener }> {
  const listener = await listen("127.0.0.1:0");
  void (async () => {
    for await (const conn of listener) await answer(conn);
  })();
  return { port: String(listener.addr.port), listener };
}

describe("belfry netcat", () => {
  it("prints a reverb to its end and ends with 0", async () => {
    await using server = await serve({ port: 0 }, reverb({ delay: 1 }));
    await using client = startClient("netcat", "127.0.0.1", String(server.addr.port));
    client.child.stdin.end("Hello?\n");
    assert.deepEqual(await client.ended, { status: 0, stdout: "\t HELLO?\n\t Hello?\n\t hello?\n", stderr: "" });
  });

  it("goes by nc and takes HOST:PORT", async () => {
    await using server = await serve({ port: 0 }, echo());
    await using client = startClient("nc", String(server.addr));
    client.child.stdin.end("x");
    assert.equal((await client.ended).stdout, "x");
  });

  it("prints what comes while its input is open, and ends when the server does", async () => {
    const { port, listener } = await listening(async (conn) => {
      await conn.write("prompt> ");
      await conn.read();
      await conn.write("bye");
      await conn.close();
    });
    await using client = startClient("netcat", "127.0.0.1", port);
    await client.prints("prompt> ");
    client.child.stdin.write("go\n");
    assert.deepEqual(await client.ended, { status: 0, stdout: "prompt> bye", stderr: "" });
    await listener.close();
  });

  it("says so in one line when the server resets", async () => {
    const { port, listener } = await listening(async (conn) => {
      await conn.read();
      conn.abort();
    });
    await using client = startClient("netcat", "127.0.0.1", port);
    client.child.stdin.write("go\n");
    const { status, stderr } = await client.ended;
    assert.equal(status, 1);
    assert.match(stderr, /^belfry: .*127\.0\.0\.1:\d+: ECONNRESET.*\n$/);
    await listener.close();
  });

  it("brings 64 MiB from a pipe and from a file through an echo, exactly", { skip: noShell }, async () => {
    await using server = await serve({ port: 0 }, echo());
    const target = `127.0.0.1 ${server.addr.port}`;
    const zeros = createHash("sha256")
      .update(Buffer.alloc(64 << 20))
      .digest("hex");
    await using piped = startShell(`head -c 64M /dev/zero | $BELFRY netcat ${target} | sha256sum`);
    assert.equal((await piped.ended).stdout, `${zeros}  -\n`);
    const file = join(folder, "zeros");
    writeFileSync(file, Buffer.alloc(64 << 20));
    await using filed = startShell(`$BELFRY netcat ${target} < ${file} > ${file}.out; sha256sum < ${file}.out`);
    assert.equal((await filed.ended).stdout, `${zeros}  -\n`);
  });

  it("ends quietly with 141 when nobody reads it any more", { skip: noShell }, async () => {
    await using server = await serve({ port: 0 }, echo());
    await using client = startShell(
      `yes | $BELFRY netcat 127.0.0.1 ${server.addr.port} | head -c1; echo " \${PIPESTATUS[1]}"`,
    );
    assert.deepEqual(await client.ended, { status: 0, stdout: "y 141\n", stderr: "" });
  });

  for (const [signal, status] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    it(`ends with ${status} on ${signal}`, { skip: noShell }, async () => {
      const { port, listener } = await listening((conn) => conn.write("ready"));
      await using client = startClient("netcat", "127.0.0.1", port);
      await client.prints("ready");
      client.child.kill(signal);
      assert.deepEqual(await client.ended, { status, stdout: "ready", stderr: "" });
      await listener.close();
    });
  }

  it("hands a file to the one who calls", { skip: noShell }, async () => {
    const file = join(folder, "handed");
    writeFileSync(file, "content");
    await using server = startShell(`$BELFRY netcat -l 0 < ${file}`);
    await using client = startClient("netcat", "127.0.0.1", String(await server.port()));
    assert.equal((await client.ended).stdout, "content");
    assert.equal((await server.ended).status, 0);
  });

  it("takes what callers send, one after another, without input of its own", { skip: noShell }, async () => {
    await using server = startShell(`exec $BELFRY netcat -lk 0 < /dev/null`);
    const port = String(await server.port());
    for (const text of ["one ", "two "]) {
      await using client = startClient("netcat", "127.0.0.1", port);
      client.child.stdin.end(text);
      assert.equal((await client.ended).status, 0);
      await server.prints(text);
    }
    server.child.kill("SIGINT");
    assert.deepEqual((await server.ended).status, 130);
  });

  it("talks over a Unix socket", { skip: noShell }, async () => {
    const path = join(folder, "socket");
    await using server = startClient("netcat", "-lU", path);
    await server.says(`listening on unix:${path}`);
    await using client = startClient("netcat", "-U", path);
    client.child.stdin.write("over unix");
    await server.prints("over unix");
    server.child.stdin.end("and back");
    assert.equal((await client.ended).stdout, "and back");
    assert.equal((await server.ended).status, 0);
  });

  it("hands all of an archive to one who only fetches", { skip: noShell }, async () => {
    await using server = startShell(`head -c 20M /dev/zero | $BELFRY netcat -l 0`);
    await using client = startShell(`$BELFRY netcat 127.0.0.1 ${await server.port()} < /dev/null | wc -c`);
    assert.equal((await client.ended).stdout.trim(), String(20 << 20));
    assert.equal((await server.ended).status, 0);
  });

  it("sends packets and prints the answer", async () => {
    await using server = startClient("netcat", "-lu", "0");
    const port = String(await server.port());
    await using client = startClient("netcat", "-u", "-q", "5s", "127.0.0.1", port);
    client.child.stdin.write("ping");
    await server.prints("ping");
    server.child.stdin.write("pong");
    await client.prints("pong");
  });

  it("writes all that passes to a dump", async () => {
    await using server = await serve({ port: 0 }, echo());
    const file = join(folder, "dump");
    await using client = startClient("netcat", "-x", file, String(server.addr));
    client.child.stdin.end("hi\n");
    await client.ended;
    assert.match(
      readFileSync(file, "utf8"),
      /^> 00000000 {2}68 69 0a .*\|hi\.\|\n< 00000000 {2}68 69 0a .*\|hi\.\|\n$/,
    );
  });
});

describe("belfry netcat --tls", () => {
  const ca = join(folder, "ca.pem");
  const key = join(folder, "key.pem");
  writeFileSync(ca, certificate.cert);
  writeFileSync(key, certificate.key);

  async function call(...options: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
    await using server = await serve({ port: 0, tls: certificate }, echo());
    await using client = startClient("netcat", ...options, "localhost", String(server.addr.port));
    client.child.stdin.end("secret");
    return await client.ended;
  }

  it("verifies the certificate", async () => {
    assert.deepEqual(await call("--tls-ca", ca), { status: 0, stdout: "secret", stderr: "" });
  });

  it("turns away a certificate it cannot verify, in one line", async () => {
    const { status, stderr } = await call("--tls");
    assert.equal(status, 1);
    assert.match(stderr, /^belfry: Cannot dial localhost:\d+: .*certificate.*\n$/);
  });

  it("turns away a wrong name, in one line that tells it", async () => {
    const { status, stderr } = await call("--tls-ca", ca, "--tls-servername", "example.com");
    assert.equal(status, 1);
    assert.match(stderr, /^belfry: Cannot dial localhost:\d+: .*example\.com.*\n$/);
  });

  it("takes any certificate when told to", async () => {
    assert.equal((await call("--tls-insecure")).stdout, "secret");
  });

  it("listens with a certificate of its own", async () => {
    await using server = startClient("netcat", "-l", "0", "--tls-cert", ca, "--tls-key", key);
    await using client = startClient("netcat", "-v", "--tls-ca", ca, "localhost", String(await server.port()));
    client.child.stdin.end("secret");
    await server.prints("secret");
    server.child.stdin.end();
    assert.match(
      (await client.ended).stderr,
      /^connected to .* \(TLSv1\.3, \w+\)\n.* ended: sent 6 bytes, received 0\n$/,
    );
  });
});

describe("belfry netcat, asked wrongly or in vain", () => {
  async function run(line: string): Promise<{ status: number; stdout: string; stderr: string }> {
    const { io, stdout, stderr } = memoryIo();
    const status = await main(["netcat", ...line.split(" ").filter((word) => word !== "")], io);
    return { status, stdout: stdout(), stderr: stderr() };
  }

  const WRONG: readonly [string, RegExp][] = [
    ["", /expected HOST PORT or HOST:PORT/],
    ["127.0.0.1", /"127\.0\.0\.1": expected HOST PORT or HOST:PORT/],
    ["127.0.0.1 http", /port "http": expected a whole number from 0 to 65535/],
    ["127.0.0.1 70000", /port "70000"/],
    ["127.0.0.1 0", /port "0"/],
    ["127.0.0.1 1 2", /"127\.0\.0\.1 1 2"/],
    ["-l", /expected PORT, HOST PORT or HOST:PORT/],
    ["-k 127.0.0.1 1", /-k without -l/],
    ["-u -U /x", /-u together with -U/],
    ["-z -l 1", /-z together with -l/],
    ["-4 -6 127.0.0.1 1", /-4 together with -6/],
    ["-U /x 127.0.0.1 1", /"127\.0\.0\.1 1" together with -U/],
    ["-l 0 --tls", /--tls-cert and --tls-key are needed/],
    ["-w 3 127.0.0.1 1", /--connect-timeout "3": expected a number with a unit/],
    ["-z 127.0.0.1 9-1", /ports "9-1": expected the lower one first/],
  ];
  for (const [line, pattern] of WRONG) {
    it(`refuses "${line}" with 2`, async () => {
      const { status, stderr } = await run(line);
      assert.equal(status, 2);
      assert.match(stderr, pattern);
      assert.match(stderr, /^belfry: [^\n]*\n$/);
    });
  }

  it("names what it cannot reach or read, and ends with 1", async () => {
    const closed = await listen("127.0.0.1:0");
    await closed.close();
    const { port } = closed.addr;
    const failures: readonly [string, RegExp][] = [
      [`127.0.0.1 ${port}`, new RegExp(`^belfry: Cannot dial 127\\.0\\.0\\.1:${port}: ECONNREFUSED.*\n$`)],
      ["nowhere.invalid 80", /^belfry: Cannot dial nowhere\.invalid:80: ENOTFOUND.*\n$/],
      ["-U /nowhere", /^belfry: Cannot dial unix:\/nowhere: ENOENT.*\n$/],
      ["--tls-ca /nowhere 127.0.0.1 1", /^belfry: Cannot use --tls-ca "\/nowhere": ENOENT\n$/],
      ["-x /nowhere/dump 127.0.0.1 1", /^belfry: Cannot use --hex-dump "\/nowhere\/dump": ENOENT\n$/],
    ];
    for (const [line, pattern] of failures) {
      const { status, stderr } = await run(line);
      assert.equal(status, 1, line);
      assert.match(stderr, pattern);
    }
  });

  it("probes: one port by the status alone, several by a list of the open ones", async () => {
    const open = await listen("127.0.0.1:0");
    const closed = await listen("127.0.0.1:0");
    await closed.close();
    const [here, gone] = [open.addr.port, closed.addr.port];
    assert.deepEqual(await run(`-z 127.0.0.1 ${here}`), { status: 0, stdout: "", stderr: "" });
    assert.deepEqual(await run(`-z 127.0.0.1 ${gone}`), { status: 1, stdout: "", stderr: "" });
    const listed = await run(`-zv 127.0.0.1 ${gone} ${here}-${here}`);
    assert.equal(listed.status, 0);
    assert.equal(listed.stdout, `127.0.0.1 ${here} open\n`);
    assert.match(listed.stderr, /closed: .*ECONNREFUSED.*\n$/);
    await open.close();
  });
});
