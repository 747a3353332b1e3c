import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { type TestHost, withHost } from "../packages/belfry/test/supervisor/host-process.js";
import { startExample } from "./host/example.js";
import { command, debugUrl } from "./host/commands.js";
import { startCrowd } from "./host/crowd.js";
import { startHaproxy } from "./host/haproxy.js";
import { missing } from "./tools.js";

const DEPLOYED = fileURLToPath(new URL("../deploy/haproxy/haproxy.cfg", import.meta.url));

/** The configuration that is deployed, with other ports. */
function onPorts(service: number, debug: number): string {
  const text = readFileSync(DEPLOYED, "utf8");
  const moved = text
    // As many as it may have open files for, wherever this runs.
    .replace("maxconn 20000", "maxconn 1000")
    .replace("bind :7007", "bind fd@3")
    .replaceAll(":8007", `:${service}`)
    .replace("check port 6060", `check port ${debug}`);
  assert.ok(moved.includes("bind fd@3") && moved.includes(`check port ${debug}`) && moved.includes(`:${service}\n`));
  return moved;
}

const HEADERS = `
defaults
  mode tcp
  timeout connect 5s
  timeout client 1m
  timeout server 1m
listen v2
  bind fd@3
  server gateway 127.0.0.1:PORT send-proxy-v2
listen v1
  bind fd@4
  server gateway 127.0.0.1:PORT send-proxy
`;

describe("HAProxy before a host", { skip: missing("haproxy") }, () => {
  for (const [index, header] of ["send-proxy-v2", "send-proxy"].entries()) {
    it(`tells the user's module the client's own address, with ${header}`, () =>
      startExample(async (host) => {
        const haproxy = await startHaproxy(2, HEADERS.replaceAll("PORT", `${await host.port("gateway")}`));
        try {
          const port = haproxy.ports[index] ?? 0;
          // Another address than HAProxy's own.
          const socket = connect({ port, host: "127.0.0.1", localAddress: "127.0.0.7" });
          await once(socket, "connect");
          const answers = createInterface({ input: socket });
          socket.write("hello boiler-3\n");
          const [line] = (await once(answers, "line")) as [string];
          assert.equal(line, `welcome boiler-3, you call from 127.0.0.7:${socket.localPort}`);
          const { connections } = JSON.parse((await host.get("/debug/conns")).body) as {
            connections: { service: string; remoteAddr: string; proxyAddr: string }[];
          };
          const shown = connections.find(({ service }) => service === "gateway");
          assert.equal(shown?.remoteAddr, `127.0.0.7:${socket.localPort}`);
          assert.match(shown?.proxyAddr ?? "", /^127\.0\.0\.1:\d+$/);
          socket.destroy();
        } finally {
          await haproxy[Symbol.asyncDispose]();
        }
      }));
  }

  it("takes a host out that drains, and no request is lost", async () => {
    const service = (address: string): object => ({
      drainDelay: "4s",
      services: { echo: { use: "echo", listen: address, proxy: { trust: ["127.0.0.0/8"] } } },
    });
    await withHost({ config: service("127.0.0.1:0") }, async (one) => {
      const [port, debug] = [await one.port("echo"), Number(new URL(await debugUrl(one)).port)];
      const options = { config: service(`127.0.0.2:${port}`), args: ["--debug", `127.0.0.2:${debug}`] };
      await withHost(options, async (two) => {
        await two.port("echo");
        await drainBehindHaproxy([one, two], onPorts(port, debug));
      });
    });
  });
});

async function drainBehindHaproxy([one, two]: readonly [TestHost, TestHost], config: string): Promise<void> {
  const haproxy = await startHaproxy(1, config);
  const crowd = startCrowd({ port: haproxy.ports[0] ?? 0, size: 30, think: 10, perConnection: 5 });
  try {
    await crowd.started;
    for (const host of [one, two]) await host.until(({ services }) => acceptedBy(services) > 20);
    const before = acceptedBy((await two.status()).services);
    const drained = command(one, "drain");
    await one.until(({ state }) => state === "draining");
    assert.equal((await one.get("/readyz")).status, 503);
    await haproxy.says(/belfry\/one is DOWN/);
    const { status, stdout } = await drained;
    assert.match(stdout, /connections drained: 0, cut: 0/);
    assert.equal(status, 0);
    assert.deepEqual((await one.process.ended).status, 0);
    await crowd.more(300);
    assert.deepEqual(crowd.failures, []);
    assert.ok(acceptedBy((await two.status()).services) > before);
  } finally {
    await crowd.stop();
    await haproxy[Symbol.asyncDispose]();
  }
  assert.deepEqual(crowd.failures, []);
}

function acceptedBy(
  services: readonly { readonly counters: { readonly connections_accepted_total: number } }[],
): number {
  return services.reduce((sum, { counters }) => sum + counters.connections_accepted_total, 0);
}
