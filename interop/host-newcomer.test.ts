import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { BELFRY, run, says, start } from "./tools.js";

const GATEWAY = `
import { lines } from "@belfry/net";
import type { Service } from "@belfry/server";

export function createService({ greeting }: { greeting: string }, { name }: { name: string }): Service {
  return async (conn) => {
    for await (const line of lines(conn)) await conn.write(\`\${greeting} \${line}, says \${name}\\n\`);
  };
}
`;

/** What a service answers to a line. */
async function answer(port: string, line: string): Promise<string> {
  const socket = connect(Number(port), "127.0.0.1");
  try {
    socket.write(`${line}\n`);
    return String(((await once(socket, "data")) as [Buffer])[0]);
  } finally {
    socket.destroy();
  }
}

describe("the first hour with a host", () => {
  it("goes from belfry init by check and serve to a service of one's own, which an edit and a reload change", async () => {
    const folder = mkdtempSync(join(tmpdir(), "belfry-newcomer-"));
    const file = join(folder, "belfry.config.ts");
    const belfry = async (...args: readonly string[]): Promise<string> =>
      String(await run([...BELFRY, ...args], "", folder));
    const control = ["--control", join(folder, "c.sock")];
    const edit = (pattern: RegExp, text: string): void => {
      const before = readFileSync(file, "utf8");
      assert.match(before, pattern);
      writeFileSync(file, before.replaceAll(pattern, text));
    };
    try {
      assert.match(await belfry("init"), /wrote belfry\.config\.ts/);
      assert.match(await belfry("check"), /^belfry\.config\.ts is all right: 3 services$/m);
      // Whatever is free, for the sake of this test.
      edit(/":\d+"/g, '":0"');
      edit(/"127\.0\.0\.1:6060"/g, '"127.0.0.1:0"');

      const host = start([...BELFRY, "serve", ...control], folder);
      const ended = once(host, "close");
      try {
        const [, echo = ""] = await says(host.stdout, /^ +echo +127\.0\.0\.1:(\d+)/m);
        assert.equal(await answer(echo, "hello"), "hello\n");

        edit(/\/\/ (gateway: .*)"0\.0\.0\.0:9000"/g, '$1":0"');
        await assert.rejects(
          belfry("reload", ...control),
          /services\.gateway\.use: "\.\/gateway\.ts": there is no such file/,
        );
        writeFileSync(join(folder, "gateway.ts"), GATEWAY);
        const [, gateway = ""] = /\+ gateway: .* on 127\.0\.0\.1:(\d+)/.exec(await belfry("reload", ...control)) ?? [];
        assert.equal(await answer(gateway, "you"), "hello you, says gateway\n");

        writeFileSync(join(folder, "gateway.ts"), GATEWAY.replace("{greeting} ", "{greeting}, dear "));
        assert.match(await belfry("reload", ...control), /^generation 3 serves/);
        assert.equal(await answer(gateway, "you"), "hello, dear you, says gateway\n");
        assert.match(await belfry("status", ...control), /^ +● +gateway +serving .*127\.0\.0\.1:\d+/m);
        assert.match(await belfry("drain", ...control), /has ended; connections drained: \d+, cut: 0\n$/);
        assert.equal((await ended)[0], 0);
      } finally {
        host.kill("SIGKILL");
        await ended;
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
