import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { describe, it } from "node:test";
import { Addr, formatProxyHeader } from "@belfry/net";
import { type TestHost } from "../packages/belfry/test/supervisor/host-process.js";
import { startExample } from "./host/example.js";
import { missing, run, start } from "./tools.js";

/** Sends a line with a program and resolves with the first line that comes back. */
async function firstLine(command: readonly string[], input = ""): Promise<string> {
  const child = start(command);
  const ended = once(child, "close");
  try {
    assert.ok(child.stdin !== null && child.stdout !== null);
    child.stdin.write(input);
    const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    return line;
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
}

/** A device behind a proxy, or one that calls directly. */
class Device {
  readonly #socket;
  readonly #lines: AsyncIterator<string>;

  constructor(port: number, header: Uint8Array | null) {
    this.#socket = connect(port, "127.0.0.1");
    this.#lines = createInterface({ input: this.#socket })[Symbol.asyncIterator]();
    if (header !== null) this.#socket.write(header);
  }

  async says(line: string): Promise<string> {
    this.#socket.write(`${line}\n`);
    return this.hears();
  }

  async hears(): Promise<string> {
    return String((await this.#lines.next()).value);
  }

  close(): void {
    this.#socket.destroy();
  }
}

async function callAs(host: TestHost, address: string): Promise<Device> {
  const remoteAddr = new Addr("tcp", address, 50312);
  const localAddr = new Addr("tcp", "203.0.113.1", 9000);
  return new Device(await host.port("gateway"), formatProxyHeader({ remoteAddr, localAddr }));
}

describe("the host of examples/host", () => {
  const skip = missing("nc.openbsd") || missing("openssl") || missing("curl");

  it("serves all four built-in services, one of them with TLS, to the clients that people have", { skip }, () =>
    startExample(async (host, folder) => {
      const [clock, reverb, echo, files] = [
        await host.port("clock"),
        await host.port("reverb"),
        await host.port("echo"),
        await host.port("files"),
      ];
      assert.match(await firstLine(["nc.openbsd", "127.0.0.1", `${clock}`]), /^\d\d:\d\d:\d\d$/);
      assert.equal(await firstLine(["nc.openbsd", "127.0.0.1", `${reverb}`], "hello\n"), "\t HELLO");
      const trust = ["-CAfile", join(folder, "cert.pem"), "-verify_return_error"];
      const client = ["openssl", "s_client", "-quiet", "-connect", `127.0.0.1:${echo}`, ...trust];
      assert.equal(await firstLine(client, "over TLS\n"), "over TLS");
      const url = `ftp://ann:secret@127.0.0.1:${files}/hello.txt`;
      assert.equal(String(await run(["curl", "--silent", "--show-error", url], "")), "hello from a file\n");
      const { services, workers } = await host.status();
      assert.deepEqual(
        services.map(({ name, kind, isSecure, isProxied }) => [name, kind, isSecure, isProxied]),
        [
          ["clock", "clock", false, false],
          ["reverb", "reverb", false, false],
          ["echo", "echo", true, false],
          ["files", "ftp", false, false],
          ["gateway", "./gateway.ts", false, true],
        ],
      );
      assert.equal(workers.length, 2);
    }),
  );

  it("has a gateway that keeps what devices tell it, and says when it goes", () =>
    startExample(async (host, folder) => {
      const [boiler, meter] = [await callAs(host, "192.0.2.7"), await callAs(host, "2001:db8::7")];
      assert.equal(await boiler.says("temperature 61.5"), "error: expected hello NAME");
      assert.equal(await boiler.says("hello boiler-3"), "welcome boiler-3, you call from 192.0.2.7:50312");
      assert.equal(await meter.says("hello meter"), "welcome meter, you call from [2001:db8::7]:50312");
      assert.equal(await boiler.says("temperature 61.5"), "ok");
      assert.equal(await boiler.says("temperature warm"), "error: expected NAME NUMBER");
      assert.equal(await meter.says("power 2300"), "ok");
      const journal = readFileSync(join(folder, "readings.log"), "utf8").trim().split("\n");
      assert.deepEqual(
        journal.map((line) => line.replace(/^\S+Z /, "")),
        ["boiler-3 temperature 61.5", "meter power 2300"],
      );
      assert.equal(await meter.says("x".repeat(300)), "error: expected at most 200 bytes a line");
      host.process.child.kill("SIGTERM");
      assert.equal(await boiler.hears(), "bye");
      const { status, stderr } = await host.process.ended;
      assert.equal(status, 0);
      assert.doesNotMatch(stderr, /failed|error/i);
      for (const device of [boiler, meter]) device.close();
    }));

  it("resets who calls from an address that is not the proxy's, and who calls from it without a header", () =>
    startExample(async (host) => {
      const port = await host.port("gateway");
      for (const localAddress of ["127.0.0.7", "127.0.0.1"]) {
        const socket = connect({ port, host: "127.0.0.1", localAddress });
        socket.write("hello stranger\n");
        await assert.rejects(once(socket, "data"), { code: "ECONNRESET" });
      }
      assert.match((await host.get("/metrics")).body, /^belfry_connections_open\{service="gateway"\} 0$/m);
    }));
});
