import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inOneLine } from "../../src/supervisor/report-thrown.js";
import { connected, withHost } from "./host-process.js";

const MODULES: Readonly<Record<string, string>> = {
  "throws.mjs": `export default async () => { setTimeout(() => { throw new Error("crash\\nloop"); }); await new Promise(() => {}); };\n`,
  "rejects.mjs": `export default async () => { void Promise.reject(new Error("crash loop")); await new Promise(() => {}); };\n`,
  "catches.mjs": `process.on("uncaughtException", ({ message }) => console.error(JSON.stringify({ caught: message })));
export default async (conn) => { setTimeout(() => { throw new Error("crash loop"); }); await conn.write("well"); };\n`,
};

function config(use: string, format: string): object {
  return { log: { format }, services: { m: { use: `./${use}`, listen: "127.0.0.1:0" } } };
}

describe("a worker that ends by an error", () => {
  for (const use of ["throws.mjs", "rejects.mjs"])
    it(`tells it in JSON, and nothing else, from ${use}`, () =>
      withHost({ config: config(use, "json"), files: MODULES }, async (host) => {
        const socket = (await connected(await host.port("m"))).on("error", () => {});
        await host.process.says(/"event":"crashed".*\n/);
        socket.destroy();
        const lines = host.process.stderr().trim().split("\n");
        const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
        const thrown = events.find(({ event }) => event === "thrown");
        assert.match(String(thrown?.["error"]), /^Error: crash loop$/);
        assert.match(String(thrown?.["stack"]), /^Error: crash\sloop\n {4}at .*(?:throws|rejects)\.mjs:1:/);
        const crashed = events.find(({ event }) => event === "crashed");
        assert.equal(crashed?.["how"], "status 1");
        assert.equal(crashed["thrown"], "Error: crash loop");
      }));

  it("names it in the line that says how it ended, in a log for people", () =>
    withHost({ config: config("throws.mjs", "text"), files: MODULES }, async (host) => {
      const socket = (await connected(await host.port("m"))).on("error", () => {});
      await host.process.says(/^worker 1 \(process \d+\) ended unasked: status 1, Error: crash loop; about /m);
      await host.process.says(/^ {4}at .*throws\.mjs:1:/m);
      socket.destroy();
    }));

  it("goes on where the module has a handler of its own", () =>
    withHost({ config: config("catches.mjs", "json"), files: MODULES }, async (host) => {
      const socket = await connected(await host.port("m"));
      await host.process.says(/"stream":"stderr","msg":"\{\\"caught\\":\\"crash loop\\"\}"\}$/m);
      socket.destroy();
      assert.equal((await host.status()).crashes, 0);
    }));
});

describe("inOneLine()", () => {
  it("is one line of at most 300 characters, whatever was thrown", () => {
    assert.equal(inOneLine(new TypeError("a\r\n\u001B[2Jb")), "TypeError: a [2Jb");
    assert.equal(inOneLine(undefined), "undefined");
    assert.equal(inOneLine(Object.create(null)), "something that cannot be shown");
    assert.equal(inOneLine(new Error("x".repeat(1000))).length, 300);
  });
});
