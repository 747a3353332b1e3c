import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, lstatSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { describe, it } from "node:test";
import { runBelfry, startBelfry } from "../belfry-process.js";
import { ask, control, withHost } from "./hosts.js";
import { temporary } from "./temporary.js";

const hasIPv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
const isUnix = process.platform !== "win32";

async function answers(socket: Socket, text: string): Promise<void> {
  await once(socket, "connect");
  assert.equal(await ask(socket, text), text);
  socket.destroy();
}

describe("addresses that are not like others", () => {
  it("may be IPv6, for services and the debug server", { skip: !hasIPv6 }, () =>
    withHost(
      { config: { workers: 2, services: { echo: { use: "echo", listen: "[::1]:0" } } }, args: ["--debug", "[::1]:0"] },
      async (host) => {
        const [, port] = await host.process.says(/listening on \[::1\]:(\d+)/);
        await answers(connect(Number(port), "::1"), "six");
        assert.match(await host.debugAddress(), /^\[::1\]:\d+$/);
        assert.equal((await host.get("/readyz")).status, 200);
        await control(host, { command: "reload" });
        await answers(connect(Number(port), "::1"), "six again");
      },
    ),
  );

  it(
    "may be a Unix socket that a dead process has left; a live one's and a file stay",
    { skip: !isUnix },
    async (t) => {
      const files = temporary(t, {});
      const stale = files.path("stale.sock");
      const config = (path: string): object => ({
        services: { echo: { use: "echo", listen: { path, mode: "0620" } } },
      });
      const child = spawn(process.execPath, [
        "-e",
        `require("net").createServer().listen(${JSON.stringify(stale)}, () => process.kill(process.pid, "SIGKILL"))`,
      ]);
      await once(child, "exit");
      files.write("a.json", config(stale));
      const args = (name: string): string[] => [
        "serve",
        "--config",
        files.path(name),
        "--control",
        files.path(`${name}.sock`),
      ];
      const belfry = startBelfry(args("a.json"));
      t.after(() => belfry[Symbol.asyncDispose]());
      await belfry.says(/listening on unix:/);
      assert.equal(lstatSync(stale).mode & 0o777, 0o620);
      await answers(connect(stale), "alive");
      files.write("b.json", config(stale));
      files.write("somebody's", "mine");
      files.write("c.json", config(files.path("somebody's")));
      files.write("d.json", config(files.path("no/such/folder.sock")));
      files.write("e.json", config(files.path("x".repeat(120))));
      for (const [name, said] of [
        ["b.json", /Cannot listen on unix:.*stale\.sock: EADDRINUSE/],
        ["c.json", /Cannot listen on unix:.*somebody's: EADDRINUSE/],
        ["d.json", /Cannot listen on unix:.*folder\.sock: (?:ENOENT|EACCES)/],
        ["e.json", /services\.echo\.listen.*x{20}.*: the path of a socket has at most 103 bytes, this one \d+/],
      ] as const) {
        const { status, stderr } = await runBelfry(args(name));
        assert.equal(status, 1, name);
        assert.match(stderr, said);
      }
      await answers(connect(stale), "still alive");
      assert.equal(lstatSync(files.path("somebody's")).isFile(), true);
      belfry.child.kill("SIGTERM");
      await belfry.ended;
      assert.equal(existsSync(stale), false);
    },
  );
});
