import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { clock } from "@belfry/clock";
import { echo, reverb } from "@belfry/reverb";
import { serve, type Service } from "@belfry/server";
import { BELFRY, missing, run, says, start } from "./tools.js";

const SOURCES = fileURLToPath(new URL("go", import.meta.url));
const INPUT = "Hello?\nIs there anybody there?\nYooo-hooo!\n";
const TRANSCRIPT =
  "\t HELLO?\n\t IS THERE ANYBODY THERE?\n\t YOOO-HOOO!\n\t Hello?\n\t Is there anybody there?\n\t Yooo-hooo!\n" +
  "\t hello?\n\t is there anybody there?\n\t yooo-hooo!\n";

describe("Go's programs", { skip: missing("go") }, () => {
  let folder = "";
  const program = (name: string): string => join(folder, name);

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "belfry-go-"));
    for (const name of ["clock", "reverb", "netcat"]) {
      await run(["go", "build", "-o", program(name), `./${name}`], "", SOURCES);
    }
  });

  after(() => rmSync(folder, { recursive: true }));

  describe("netcat", () => {
    const serving = async (service: Service, body: (client: string[]) => Promise<void>): Promise<void> => {
      const server = await serve({ port: 0 }, service);
      try {
        await body([program("netcat"), String(server.addr)]);
      } finally {
        await server.close();
      }
    };

    it("gets every byte back from echo", async () => {
      const input = randomBytes(3_000_000);
      await serving(echo(), async (client) => assert.ok(input.equals(await run(client, input))));
    });

    it("hears reverb to the last echo", async () => {
      await serving(reverb({ delay: 40 }), async (client) =>
        assert.equal(String(await run(client, INPUT)), TRANSCRIPT),
      );
    });

    it("is shown the time by clock, with its own input at an end", async () => {
      await serving(clock(), async (client) => {
        const child = start(client);
        child.stdin?.end();
        await says(child.stdout, /^(?:\d\d:\d\d:\d\d\n){3}/);
        child.kill();
      });
    });
  });

  describe("servers", () => {
    const serving = async (command: string[], body: (port: string) => Promise<void>): Promise<void> => {
      const server: ChildProcess = start(command);
      try {
        const [, port = ""] = await says(server.stderr, /listening on .*:(\d+)\n/);
        await body(port);
      } finally {
        server.kill();
      }
    };

    it("sound the same through belfry netcat: reverb", async () => {
      await serving([program("reverb"), "-delay", "40ms"], async (port) => {
        const heard = await run([...BELFRY, "netcat", "127.0.0.1", port], INPUT);
        // Its tasks start in any order, so only each line's own three sounds are sure to be.
        assert.deepEqual(String(heard).split("\n").sort(), TRANSCRIPT.split("\n").sort());
      });
    });

    it("show the time through belfry netcat: clock", async () => {
      await serving([program("clock")], async (port) => {
        const client = start([...BELFRY, "netcat", "127.0.0.1", port]);
        await says(client.stdout, /^(?:\d\d:\d\d:\d\d\n){2}/);
        client.kill();
      });
    });
  });
});
