import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { clock } from "@belfry/clock";
import { echo, reverb } from "@belfry/reverb";
import { serve, type Service } from "@belfry/server";
import { PEERS } from "./peers.js";
import { run, says, start } from "./tools.js";

async function serving(service: Service, body: (port: number) => Promise<void>): Promise<void> {
  const server = await serve({ port: 0 }, service);
  try {
    await body(server.addr.port);
  } finally {
    await server.close();
  }
}

for (const { name, skip, command } of PEERS) {
  describe(name, { skip }, () => {
    it("gets every byte back from echo", async () => {
      const input = randomBytes(3_000_000);
      await serving(echo(), async (port) => {
        assert.ok(input.equals(await run(command(port), input)));
      });
    });

    it("gets nothing back from echo for nothing", async () => {
      await serving(echo(), async (port) => {
        assert.equal((await run(command(port), "")).length, 0);
      });
    });

    it("hears reverb to the last echo", async () => {
      await serving(reverb({ delay: 40 }), async (port) => {
        assert.equal(
          String(await run(command(port), "Hello?\nIs there anybody there?")),
          "\t HELLO?\n\t IS THERE ANYBODY THERE?\n\t Hello?\n\t Is there anybody there?\n" +
            "\t hello?\n\t is there anybody there?\n",
        );
      });
    });

    it("is shown the time by clock, with its own input at an end", async () => {
      await serving(clock({ timeZone: "UTC" }), async (port) => {
        const child = start(command(port));
        child.stdin?.end();
        const [text] = await says(child.stdout, /^(?:\d\d:\d\d:\d\d\n){3}/);
        child.kill();
        const [first = "", second = "", third = ""] = text.split("\n");
        const second1 = Date.parse(`2026-01-01T${first}Z`);
        assert.deepEqual(
          [second, third],
          [1000, 2000].map((later) => new Date(second1 + later).toISOString().slice(11, 19)),
        );
      });
    });
  });
}
