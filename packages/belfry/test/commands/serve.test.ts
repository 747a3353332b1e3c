import assert from "node:assert/strict";
import { connect, createServer, type Server as NetServer } from "node:net";
import { describe, it } from "node:test";
import { serve } from "@belfry/server";
import { defaultServices, describeServices } from "../../src/commands/serve.js";
import { startBelfry } from "../belfry-process.js";

const PORTS = [8010, 8020, 8030, 8007, 8000];

/** Takes a port, if nobody has it; `undefined` otherwise. */
function take(port: number): Promise<NetServer | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

function close(server: NetServer | undefined): Promise<void> {
  return new Promise((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
}

describe("belfry serve", () => {
  it("has clocks for three cities, echo and reverb, on this machine alone", () => {
    const services = defaultServices().map(({ name, address }) => [name, address.host, address.port]);
    assert.deepEqual(services, [
      ["New York", "127.0.0.1", 8010],
      ["Tokyo", "127.0.0.1", 8020],
      ["London", "127.0.0.1", 8030],
      ["echo", "127.0.0.1", 8007],
      ["reverb", "127.0.0.1", 8000],
    ]);
  });

  it("describes each service with the lines to type", async () => {
    const server = await serve({ port: 0, name: "Tokyo" }, () => {});
    const { port } = server.addr;
    const text = describeServices([server]);
    await server.close();
    assert.match(text, new RegExp(`Tokyo +127\\.0\\.0\\.1:${port} +nc 127\\.0\\.0\\.1 ${port} +npx belfry netcat 127`));
    assert.match(text, new RegExp(`npx belfry clockwall Tokyo=127\\.0\\.0\\.1:${port}\\n`));
  });

  it("names every port that is taken, and runs nothing then", async () => {
    const taken = [await take(8010), await take(8007)];
    const belfry = startBelfry(["serve"]);
    const { status, stdout, stderr } = await belfry.ended;
    await Promise.all(taken.map(close));
    assert.equal(status, 1);
    assert.equal(stdout, "");
    for (const port of [8010, 8007]) {
      assert.match(stderr, new RegExp(`^belfry: Cannot listen on 127\\.0\\.0\\.1:${port}: EADDRINUSE`, "m"));
    }
    assert.doesNotMatch(stderr, /listening/);
  });

  it("runs them all", async (context) => {
    const probes = await Promise.all(PORTS.map(take));
    await Promise.all(probes.map(close));
    if (probes.includes(undefined)) return context.skip("a default port is taken on this machine");
    const belfry = startBelfry(["serve"]);
    try {
      for (const port of PORTS) await belfry.says(new RegExp(`^listening on 127\\.0\\.0\\.1:${port}$`, "m"));
      const line = await new Promise((resolve) => connect(8010, "127.0.0.1").once("data", resolve));
      assert.match(String(line), /^\d\d:\d\d:\d\d\n$/);
      belfry.child.kill("SIGTERM");
      const { status, stdout } = await belfry.ended;
      assert.equal(status, 0);
      assert.match(stdout, /New York +127\.0\.0\.1:8010/);
    } finally {
      await belfry[Symbol.asyncDispose]();
    }
  });
});
