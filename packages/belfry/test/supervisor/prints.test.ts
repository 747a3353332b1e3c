import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { once } from "node:events";
import { describe, it } from "node:test";
import { runBelfry } from "../belfry-process.js";
import { ask, connected, gone, type TestHost, withHost } from "./host-process.js";

interface Line {
  readonly level: string;
  readonly event?: string;
  readonly worker?: number;
  readonly stream?: string;
  readonly isCut?: boolean;
  readonly msg: string;
}

/** All that stands on standard error. @throws when any of it is no JSON. */
function logOf(stderr: string): Line[] {
  return stderr.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Line]));
}

function configOf(use: string): object {
  return { log: { format: "json", level: "error" }, services: { m: { use, listen: "127.0.0.1:0" } } };
}

/** Has a service of `source` for as long as it takes; the level leaves out all but crashes, and what is printed. */
function withModule(source: string, use: (host: TestHost) => Promise<void>, env?: Record<string, string>) {
  const config = { ...configOf("./m.mjs"), log: { format: "json" } };
  return withHost({ config, files: { "m.mjs": source }, ...(env && { env }) }, use);
}

const PRINTS = `export default async (conn) => {
  console.error("one\\ntwo");
  console.log("%s", "x".repeat(5000));
  process.stderr.write("no end");
  process.stderr.write("\\u001b[31m of it");
  await conn.write("well");
};
`;

describe("what modules print, in a log for machines", () => {
  it("is a record a line, with the worker and the stream, and long lines in pieces", () =>
    withModule(PRINTS, async (host) => {
      const socket = await connected(await host.port("m"));
      await once(socket.resume(), "close");
      host.process.child.kill("SIGTERM");
      const { stderr } = await host.process.ended;
      const printed = logOf(stderr).filter(({ event }) => event === "printed");
      assert.deepEqual(
        printed.filter(({ stream }) => stream === "stderr").map(({ level, worker, msg }) => [level, worker, msg]),
        [
          ["warn", 1, "one"],
          ["warn", 1, "two"],
          ["warn", 1, "no end\u001B[31m of it"],
        ],
      );
      assert.deepEqual(
        printed
          .filter(({ stream }) => stream === "stdout")
          .map(({ level, msg, isCut = false }) => [level, msg.length, isCut]),
        [
          ["info", 3840, true],
          ["info", 1160, false],
        ],
      );
    }));

  it("is written whatever the level, also what is printed while it loads, and on standard error alone", () =>
    withHost(
      { config: configOf("./m.mjs"), hasOwnDebug: true, files: { "m.mjs": `console.log("loads");\n${PRINTS}` } },
      async (host) => {
        await host.process.says(/"worker":1,"stream":"stdout","msg":"loads"\}\n/);
        host.process.child.kill("SIGTERM");
        const { stderr, stdout } = await host.process.ended;
        assert.deepEqual(
          logOf(stderr).map(({ event, worker, msg }) => [event, worker, msg]),
          [
            ["printed", undefined, "loads"],
            ["printed", 1, "loads"],
          ],
        );
        assert.doesNotMatch(stdout, /loads/);
      },
    ));

  it("has V8's last words, before the line that tells of the crash", () =>
    withModule(
      "export default async () => { for (const all = []; ; ) all.push(new Array(10_000).fill({})); };\n",
      async (host) => {
        const socket = (await connected(await host.port("m"))).on("error", () => {});
        await host.process.says(/"event":"crashed".*\n/);
        socket.destroy();
        const lines = logOf(host.process.stderr());
        const fatal = lines.findIndex(({ msg }) => /^FATAL ERROR: .*heap out of memory/.test(msg));
        const crashed = lines.findIndex(({ event }) => event === "crashed");
        assert.equal(lines[fatal]?.worker, 1);
        assert.ok(fatal > -1 && fatal < crashed);
        assert.ok(lines.slice(fatal, crashed).every(({ event }) => event === "printed"));
      },
      { NODE_OPTIONS: "--max-old-space-size=64" },
    ));

  it("is read to its end before a crash is told", () =>
    withModule(
      `import { writeSync } from "node:fs";
export default async () => {
  for (let i = 0; i < 100; i++) writeSync(1, "line " + i + "\\n");
  process.kill(process.pid, "SIGKILL");
};
`,
      async (host) => {
        const socket = (await connected(await host.port("m"))).on("error", () => {});
        await host.process.says(/"event":"crashed".*\n/);
        socket.destroy();
        const lines = logOf(host.process.stderr());
        const crashed = lines.findIndex(({ event }) => event === "crashed");
        assert.deepEqual(
          lines.slice(crashed - 100, crashed).map(({ msg }) => msg),
          Array.from({ length: 100 }, (_, i) => `line ${i}`),
        );
      },
    ));

  it("is there to the last line when the worker ends by itself", () =>
    withModule(
      `export default async (conn, { draining }) => {
  await conn.write("well");
  await new Promise((resolve) => draining.addEventListener("abort", resolve));
  for (let i = 0; i < 5000; i++) console.log("line " + i + " " + "z".repeat(100));
};
`,
      async (host) => {
        const socket = await connected(await host.port("m"));
        await ask(socket, "");
        host.process.child.kill("SIGTERM");
        const { stderr } = await host.process.ended;
        socket.destroy();
        const printed = logOf(stderr).filter(({ event }) => event === "printed");
        assert.deepEqual([printed.length, printed.at(-1)?.msg.slice(0, 9)], [5000, "line 4999"]);
      },
    ));

  it("does not hide a crash when a process of the module's has the pipe still", () =>
    withModule(
      `import { spawn } from "node:child_process";
export default async (conn) => {
  const { pid } = spawn("sleep", ["600"], { stdio: "inherit", detached: true });
  await conn.write(String(pid));
  await conn.read();
  process.kill(process.pid, "SIGKILL");
};
`,
      async (host) => {
        const socket = (await connected(await host.port("m"))).on("error", () => {});
        const [pid] = (await once(socket, "data")) as [Buffer];
        try {
          socket.write("now");
          await host.process.says(/"event":"replaced".*\n/);
        } finally {
          process.kill(Number(pid), "SIGKILL");
          socket.destroy();
        }
      },
    ));

  it(
    "takes no more memory of the supervisor, and does not keep the host from ending, when nobody reads it",
    {
      skip: process.platform !== "linux",
    },
    () =>
      withModule(
        `export default async (conn) => {
  setInterval(() => { for (let i = 0; i < 1000; i++) console.log("y".repeat(i)); }, 1);
  await conn.write("well");
  await conn.read();
};
`,
        async (host) => {
          const { child } = host.process;
          const socket = (await connected(await host.port("m"))).on("error", () => {});
          child.stderr?.pause();
          await once(socket, "data");
          const worker = (await host.status()).workers[0]?.pid as number;
          const before = residentBytes(child.pid as number);
          // It prints on: what is not read is its own burden.
          const start = residentBytes(worker);
          while (residentBytes(worker) < start + 100 * 2 ** 20) await host.status();
          assert.ok(residentBytes(child.pid as number) - before < 40 * 2 ** 20);
          socket.destroy();
          child.kill("SIGTERM");
          await gone(worker);
          child.stderr?.resume();
          const { stderr, status } = await host.process.ended;
          assert.equal(status, 0);
          assert.doesNotThrow(() => logOf(stderr));
        },
      ),
  );

  it("waits for a reader that is slow, and loses no line", () =>
    withModule(
      `export default async (conn) => {
  for (let i = 0; i < 20_000; i++) console.log("line " + i);
  await conn.write("well");
};
`,
      async (host) => {
        const port = await host.port("m");
        host.process.child.stderr?.pause();
        const socket = await connected(port);
        assert.equal(await ask(socket, ""), "well");
        host.process.child.stderr?.resume();
        await host.process.says(/"msg":"line 19999"\}\n/);
        socket.destroy();
        const printed = logOf(host.process.stderr()).filter(({ event }) => event === "printed");
        assert.deepEqual(
          printed.map(({ msg }) => msg),
          Array.from({ length: 20_000 }, (_, i) => `line ${i}`),
        );
      },
    ));
});

describe("what modules print after a reload that changes the format", () => {
  it("is as the new one says, of the new workers", () => {
    const services = { m: { use: "./m.mjs", listen: "127.0.0.1:0" } };
    return withHost(
      { config: { services }, files: { "m.mjs": `console.error("loads");\n${PRINTS}` } },
      async (host) => {
        await host.process.says(/listening on/);
        host.write("belfry.config.json", { log: { format: "json" }, services });
        host.process.child.kill("SIGHUP");
        await host.process.says(/"msg":"reloaded: generation 2 serves"\}\n/);
        const [before = "", after = ""] = host.process.stderr().split("reloading\n");
        assert.equal(before.match(/^loads$/gm)?.length, 2);
        assert.deepEqual(
          logOf(after).flatMap(({ event, worker, msg }) => (event === "printed" ? [[worker, msg]] : [])),
          [
            [undefined, "loads"],
            [2, "loads"],
          ],
        );
      },
    );
  });
});

describe("a host that does not start, with a log for machines", () => {
  it("says why in JSON, behind what modules have printed", () =>
    withHost(
      {
        config: { services: { a: { use: "./m.mjs", listen: "127.0.0.1:0" } } },
        files: { "m.mjs": 'console.error("about to fail");\nthrow new Error("no luck");\n' },
        args: ["--log-format", "json"],
      },
      async (host) => {
        const { status, stderr } = await host.process.ended;
        assert.equal(status, 1);
        const lines = logOf(stderr);
        const failed = lines.pop();
        assert.deepEqual([failed?.level, failed?.event], ["error", "hostFailed"]);
        assert.match(failed?.msg ?? "", /no luck/);
        assert.deepEqual([...new Set(lines.map(({ event, msg }) => `${event} ${msg}`))], ["printed about to fail"]);
      },
    ));

  it("says in a line each what is wrong with a configuration", async () => {
    const { status, stderr } = await runBelfry(["serve", "--log-format", "json", "--config", "/nowhere.json"]);
    assert.equal(status, 1);
    assert.deepEqual(
      logOf(stderr).map(({ event }) => event),
      ["hostFailed"],
    );
  });
});

describe("what modules print, in a log for people", () => {
  it("comes as it is, where it was printed, also while it is not known yet whom the log is for", () =>
    withHost(
      {
        config: { services: { m: { use: "./m.mjs", listen: "127.0.0.1:0" } } },
        files: { "m.mjs": `console.log("loads");\n${PRINTS}` },
      },
      async (host) => {
        const socket = await connected(await host.port("m"));
        await once(socket.resume(), "close");
        host.process.child.kill("SIGTERM");
        const { stdout, stderr } = await host.process.ended;
        assert.equal(stdout.match(/^loads$/gm)?.length, 2);
        assert.match(stdout, /^x{5000}$/m);
        assert.match(stderr, /^one\ntwo\n/m);
        assert.match(stderr, /no end\u001B\[31m of it/);
      },
    ));
});

/** What a process has in memory. */
function residentBytes(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) as RegExpExecArray;
  return Number(kilobytes) * 1024;
}
