import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, rmdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { runBelfry, startBelfry } from "../belfry-process.js";
import type { HostStatus } from "../../src/inspect/host-view.js";
import { askAt, connected, control, greeting, withHost } from "./hosts.js";
import { temporary } from "./temporary.js";

const MODULE = { use: "./m.mjs", listen: "127.0.0.1:0" };
const GOOD = "export default (conn) => conn.write('good');\n";

describe("a broken config", () => {
  const broken = {
    "belfry.config.json": ['{ "services": { "echo": ', /line 1, column \d+/],
    "belfry.config.yaml": ["services:\n\techo: {}\n", /line 2, column \d+/],
    "belfry.config.toml": ["[services\necho = 1\n", /line [12], column \d+/],
    "belfry.config.mjs": ["export default { services: {\n", /line \d+, column \d+/],
    "belfry.config.ts": ["export default { services: { echo: : 1 } };\n", /line 1, column \d+/],
    "belfry.config.js": ["throw new Error('not today');\n", /not today \(at belfry\.config\.js:1:\d+\)/],
  } as const;
  it("does not start in any format, and tells where it is broken", async (t) => {
    const runs = Object.entries(broken).map(async ([name, [text, place]]) => {
      const files = temporary(t, { [name]: text });
      const args = ["serve", "--config", files.path(name), "--control", files.path("c.sock")];
      const { status, stdout, stderr } = await runBelfry(args);
      assert.deepEqual([status, stdout], [1, ""]);
      assert.match(stderr, /^belfry: Cannot read config "[^\n]*\n$/);
      assert.ok(stderr.includes(name), stderr);
      assert.match(stderr, place);
    });
    await Promise.all(runs);
  });

  it("does not start without a file that is named", async (t) => {
    const files = temporary(t, {});
    const { status, stderr } = await runBelfry(["serve", "--config", files.path("belfry.config.json")]);
    assert.equal(status, 1);
    assert.match(stderr, /^belfry: [^\n]*belfry\.config\.json[^\n]*\n$/);
  });

  it("is none that calls services as what every object has", () => {
    const names = ["constructor", "toString", "valueOf"];
    const services = names.map((name) => `"${name}": { "use": "echo", "listen": "127.0.0.1:0" }`);
    return withHost({ config: { services: { echo: { use: "echo", listen: "127.0.0.1:0" } } } }, async (host) => {
      await host.port("echo");
      host.write("belfry.config.json", `{ "services": { ${services.join(", ")} } }`);
      await control(host, { command: "reload" });
      const { services: now, isReady } = await host.status();
      assert.equal(isReady, true);
      assert.deepEqual(
        now.map(({ name, addresses }) => [name, addresses.length]),
        names.map((name) => [name, 1]),
      );
      assert.match((await host.get("/metrics")).body, /service="valueOf"/);
    });
  });
});

describe("a config file that is found, and then is not", () => {
  const ECHO = { services: { mine: { use: "echo", listen: "127.0.0.1:0" } } };

  it("is missed at a reload, which changes nothing, and may be another one then", async (t) => {
    const files = temporary(t, { "belfry.config.json": ECHO });
    const control = ["--control", files.path("c.sock")];
    const host = startBelfry(["serve", ...control], {}, files.directory);
    t.after(() => host[Symbol.asyncDispose]());
    await host.says(/listening on/);
    const failsToReload = async (why: RegExp): Promise<void> => {
      const { status, stdout, stderr } = await runBelfry(["reload", ...control]);
      assert.deepEqual([status, stdout], [1, ""]);
      assert.match(stderr, why);
    };
    rmSync(files.path("belfry.config.json"));
    await failsToReload(/"[^"\n]*belfry\.config\.json": it is there no more/);
    mkdirSync(files.path("belfry.config.yaml"));
    await failsToReload(/"belfry\.config\.yaml": it is a directory/);
    rmdirSync(files.path("belfry.config.yaml"));
    // The second time as well: a reload that failed has not forgotten the file.
    await failsToReload(/"[^"\n]*belfry\.config\.json": it is there no more/);
    const { generation, services } = await askAt<HostStatus>(files.path("c.sock"));
    assert.deepEqual([generation, ...services.map(({ name }) => name)], [1, "mine"]);
    files.write("belfry.config.jsonc", ECHO);
    assert.equal((await runBelfry(["reload", ...control])).status, 0);
  });

  it("does not start where it is a link to nothing or a directory, and check says so", async (t) => {
    const files = temporary(t, {});
    const path = files.path("belfry.config.yaml");
    const says = async (command: string, why: string): Promise<void> => {
      const { status, stdout, stderr } = await runBelfry([command], {}, files.directory);
      assert.deepEqual([status, stdout, stderr], [1, "", `belfry: Cannot read config "belfry.config.yaml": ${why}\n`]);
    };
    mkdirSync(path);
    await Promise.all(["serve", "check"].map((command) => says(command, "it is a directory")));
    rmdirSync(path);
    if (process.platform === "win32") return;
    symlinkSync("nowhere.yaml", path);
    await Promise.all(["serve", "check"].map((command) => says(command, "it is a link to what is not there")));
  });
});

describe("a module that is no good", () => {
  const modules = {
    "that is missing": [null, /services\.m\.use.*"\.\/m\.mjs": there is no such file/],
    "that throws on load": ["throw new Error('on load');", /services\.m\.use.*on load \(at m\.mjs:1:\d+\)/],
    "with broken syntax": ["export default (;", /services\.m\.use.*line 1, column \d+/],
    "that throws undefined": ["throw undefined;", /services\.m\.use/],
    "that imports what is not there": ["import './nowhere.mjs';", /services\.m\.use.*nowhere\.mjs/],
    "that exports no service": ["export const gateway = 1;", /services\.m\.use.*it exports gateway/],
    "whose createService throws": [
      "export function createService() { throw new Error('in making'); }",
      /services\.m\.use.*createService threw.*in making/,
    ],
    "whose createService rejects": [
      "export const createService = () => Promise.reject(new Error('late'));",
      /services\.m\.use.*createService threw.*late/,
    ],
    "whose createService makes no service": ["export const createService = () => 7;", /services\.m\.use.*a function/],
    "that ends the process": [
      "process.exit(7);",
      /Cannot load the configuration: its process ended with status 7 while it loaded ".*m\.mjs"/,
    ],
    "that throws in a timer while it loads": [
      "setTimeout(() => { throw new Error('in a timer'); }); await new Promise(() => {});",
      /Cannot load the configuration: its process ended with status 1 while it loaded ".*m\.mjs": in a timer \(at m\.mjs:1:\d+\)$/,
    ],
  } as const;
  it("changes nothing at a reload, and is named, whatever is wrong with it", { timeout: 60_000 }, () =>
    withHost({ config: { services: { m: MODULE } }, files: { "m.mjs": GOOD } }, async (host) => {
      const port = await host.port("m");
      let failed = 0;
      for (const [what, [text, said]] of Object.entries(modules)) {
        if (text === null) rmSync(join(host.directory, "m.mjs"));
        else host.write("m.mjs", `${text}\n`);
        await assert.rejects(control(host, { command: "reload" }), ({ message }: Error) => {
          assert.match(message, said, what);
          return true;
        });
        assert.equal(await greeting(port), "good", what);
        failed += 1;
        const { generation, reloads, workers } = await host.status();
        assert.deepEqual([generation, reloads.failed, workers.length], [1, failed, 1], what);
      }
    }),
  );

  for (const [what, text, said] of [
    ["throws in a timer", "setTimeout(() => { throw new Error('late trouble'); });", /late trouble/],
    ["rejects, and nobody looks", "void Promise.reject(new Error('unseen'));", /unseen/],
  ] as const) {
    it(`costs its worker when it ${what}, and another takes its place`, () =>
      withHost(
        {
          config: { workers: 2, services: { m: MODULE, late: { ...MODULE, use: "./late.mjs" } } },
          files: { "m.mjs": GOOD, "late.mjs": `export default () => { ${text} return new Promise(() => {}); };\n` },
        },
        async (host) => {
          const [port, late] = [await host.port("m"), await host.port("late")];
          const socket = await connected(late);
          await once(
            socket.on("error", () => {}),
            "close",
          );
          assert.equal(await greeting(port), "good");
          await host.process.says(/ended unasked: status 1/);
          await host.process.says(said);
          const { crashes, isReady } = await host.until(({ workers }) => workers.length === 2);
          assert.deepEqual([crashes, isReady], [1, true]);
        },
      ));
  }
});
