import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { runBelfry, startBelfry } from "../packages/belfry/test/belfry-process.js";
import { missing, run } from "./tools.js";

const TOKEN = "s3same-0pen";
const OUTSIDE = "0.0.0.0:0";

describe("a debug server that others can reach", { skip: missing("curl") }, () => {
  let folder = "";
  before(() => (folder = mkdtempSync(join(tmpdir(), "belfry-token-"))));
  after(() => rmSync(folder, { recursive: true }));

  const fileWith = (name: string, debug?: unknown): string => {
    const file = join(folder, name);
    const services = { echo: { use: "echo", listen: "127.0.0.1:0" } };
    writeFileSync(file, JSON.stringify({ control: false, services, ...(debug !== undefined && { debug }) }));
    return file;
  };

  const bare: readonly (readonly [how: string, args: () => readonly string[], says: RegExp])[] = [
    ["belfry echo", () => ["echo", "--listen", "127.0.0.1:0", "--debug", OUTSIDE], /--debug-token/],
    [
      "belfry serve --debug",
      () => ["serve", "--config", fileWith("bare.json"), "--debug", OUTSIDE],
      /"0\.0\.0\.0:0" of --debug: .*--debug-token/,
    ],
    ["a config", () => ["serve", "--config", fileWith("debug.json", OUTSIDE)], /debug: .*token/],
    ["belfry check", () => ["check", "--config", fileWith("debug.json", OUTSIDE)], /debug: .*token/],
  ];
  for (const [how, args, says] of bare) {
    it(`does not start without a token, by ${how}`, async () => {
      const { status, stdout, stderr } = await runBelfry(args());
      assert.match(stderr, says);
      assert.match(stderr, /^belfry: .+\n$/);
      assert.ok(status === 1 || status === 2, `status ${status}`);
      assert.equal(stdout, "");
    });
  }

  const withToken: readonly (readonly [how: string, args: () => readonly string[], env: Record<string, string>])[] = [
    ["an option", () => ["serve", "--config", fileWith("o.json"), "--debug", OUTSIDE, "--debug-token", TOKEN], {}],
    [
      "the environment",
      () => ["serve", "--config", fileWith("e.json"), "--debug", OUTSIDE],
      { BELFRY_DEBUG_TOKEN: TOKEN },
    ],
    ["the config", () => ["serve", "--config", fileWith("c.json", { listen: OUTSIDE, token: TOKEN })], {}],
    [
      "a variable in the config",
      () => ["serve", "--config", fileWith("v.json", { listen: OUTSIDE, token: "${SECRET}" })],
      { SECRET: TOKEN },
    ],
  ];
  for (const [how, args, env] of withToken) {
    it(`answers 401 without the token and 200 with it, from ${how}`, async () => {
      const belfry = startBelfry(args(), env);
      try {
        const [, port = ""] = await belfry.says(/debugging on http:\/\/[^:]+:(\d+)/);
        await belfry.says(/listening on/);
        const ask = async (path: string, ...options: readonly string[]): Promise<string> => {
          const url = `http://127.0.0.1:${port}${path}`;
          const format = ["--silent", "--output", "/dev/null", "--write-out", "%{http_code} %header{www-authenticate}"];
          return String(await run(["curl", ...format, ...options, url], ""))
            .replace(/,.*/, "")
            .trim();
        };
        for (const path of ["/", "/metrics", "/debug/status", "/debug/pprof/heap", "/wall"]) {
          assert.equal(await ask(path), '401 Basic realm="belfry"', path);
        }
        assert.equal(await ask("/metrics", "--user", "me:guess"), '401 Basic realm="belfry"');
        assert.equal(await ask(`/metrics?token=${TOKEN}`), '401 Basic realm="belfry"');
        assert.equal(await ask("/metrics", "--user", `me:${TOKEN}`), "200");
        assert.equal(await ask("/", "--header", `Authorization: Bearer ${TOKEN}`), "200");
        // Probes have no secrets.
        assert.equal(await ask("/healthz"), "200");
        assert.match(await ask("/readyz"), /^(?:200|503)$/);
        assert.ok(!belfry.stderr().includes(TOKEN));
      } finally {
        belfry.child.kill("SIGTERM");
        await belfry.ended;
        await belfry[Symbol.asyncDispose]();
      }
    });
  }
});
