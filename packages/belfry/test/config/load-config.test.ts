import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ListenTarget } from "../../src/config/schema/listen-target.js";
import { loadFrom, makeFolder, problemsOf } from "./support.js";

const YAML = `
workers: 2
debug: { listen: "127.0.0.1:6061", token: hunter2 }
log: { format: json, level: debug }
shutdownTimeout: 1m30s
drainDelay: 500
control: host.sock
services:
  echo: { use: echo, listen: [":8007", "unix:echo.sock", { path: /run/e.sock, mode: "0660" }], maxConns: 7, idleTimeout: 5m }
`;
const TOML = `
workers = 2
debug = { listen = "127.0.0.1:6061", token = "hunter2" }
log = { format = "json", level = "debug" }
shutdownTimeout = "1m30s"
drainDelay = 500
control = "host.sock"
[services.echo]
use = "echo"
listen = [":8007", "unix:echo.sock", { path = "/run/e.sock", mode = "0660" }]
maxConns = 7
idleTimeout = "5m"
`;
const JSON_TEXT = JSON.stringify({
  workers: 2,
  debug: { listen: "127.0.0.1:6061", token: "hunter2" },
  log: { format: "json", level: "debug" },
  shutdownTimeout: "1m30s",
  drainDelay: 500,
  control: "host.sock",
  services: {
    echo: {
      use: "echo",
      listen: [":8007", "unix:echo.sock", { path: "/run/e.sock", mode: "0660" }],
      maxConns: 7,
      idleTimeout: "5m",
    },
  },
});

const FORMATS: Readonly<Record<string, string>> = {
  "belfry.config.ts": `import { defineConfig, type BelfryConfig } from "belfry";\nconst config: BelfryConfig = ${JSON_TEXT};\nexport default defineConfig(config);\n`,
  "belfry.config.mts": `export default ${JSON_TEXT} satisfies object;`,
  "belfry.config.mjs": `import { defineConfig } from "belfry";\nexport default defineConfig(await Promise.resolve(${JSON_TEXT}));\n`,
  "belfry.config.js": `export default ${JSON_TEXT};`,
  "belfry.config.cjs": `module.exports = ${JSON_TEXT};`,
  "belfry.config.json": JSON_TEXT,
  "belfry.config.jsonc": `// a comment\n${JSON_TEXT.replace(/}$/, ",}")}`,
  "belfry.config.json5": JSON_TEXT.replace(/"(\w+)":/g, "$1: "),
  "belfry.config.yaml": YAML,
  "belfry.config.yml": `\uFEFF${YAML}`,
  "belfry.config.toml": TOML,
};

/** What an error says that was thrown there. */
function at(name: string, place: string): RegExp {
  return new RegExp(`one(?: 1)? \\(at ${name.replace(".", "\\.")}:${place}\\)$`);
}

describe("loadConfig()", () => {
  for (const [name, text] of Object.entries(FORMATS)) {
    it(`reads ${name}`, async (context) => {
      const folder = makeFolder(context, { [name]: text });
      const { plan, services } = await loadFrom(folder);
      assert.deepEqual(plan, {
        file: `${folder}/${name}`,
        workers: 2,
        services: [
          {
            name: "echo",
            kind: "echo",
            listen: [
              { kind: "tcp", host: "127.0.0.1", port: 8007 },
              { kind: "unix", path: `${folder}/echo.sock`, mode: null },
              { kind: "unix", path: "/run/e.sock", mode: 0o660 },
            ],
            isSecure: false,
            isProxied: false,
            wantsName: false,
            maxConns: 7,
            maxConnsPerAddress: null,
            isClaimed: false,
          },
        ],
        debug: { host: "127.0.0.1", port: 6061, token: "hunter2" },
        control: `${folder}/host.sock`,
        logFormat: "json",
        logLevel: "debug",
        shutdownTimeout: 90_000,
        drainDelay: 500,
        reloadGrace: 60_000,
      });
      assert.equal(services[0]?.settings.idleTimeout, 300_000);
      assert.equal(services[0]?.ownsLimits, false);
    });
  }

  it("takes the default set where there is no file: clocks of three cities, echo, reverb, FTP, on this machine alone", async (context) => {
    const { plan } = await loadFrom(makeFolder(context));
    assert.equal(plan.file, null);
    assert.deepEqual(
      plan.services.map(({ name, listen }) => [name, listen]),
      [
        ["New York", 8010],
        ["Tokyo", 8020],
        ["London", 8030],
        ["echo", 8007],
        ["reverb", 8000],
        ["ftp", 2121],
      ].map(([name, port]) => [name, [{ kind: "tcp", host: "127.0.0.1", port }]]),
    );
    assert.deepEqual(plan.debug, { host: "127.0.0.1", port: 6060, token: null });
  });

  it("names both of two files that are side by side", async (context) => {
    const folder = makeFolder(context, { "belfry.config.ts": "", "belfry.config.toml": TOML });
    assert.deepEqual(await problemsOf(folder), [
      'Cannot choose a config in "DIR": "belfry.config.ts" and "belfry.config.toml" are side by side; name one by --config',
    ]);
    assert.equal((await loadFrom(folder, { file: "belfry.config.toml" })).plan.workers, 2);
  });

  it("lets the command line go before the file", async (context) => {
    const folder = makeFolder(context, { "belfry.config.yaml": YAML });
    const overrides = {
      workers: 3,
      debug: { host: "::1", port: 1 },
      debugToken: "t",
      control: "/c.sock",
      maxConns: 9,
      logFormat: "text",
      logLevel: "warn",
      shutdownTimeout: 0,
    } as const;
    const { plan } = await loadFrom(folder, { overrides });
    assert.deepEqual(
      { ...plan, services: plan.services.map(({ maxConns }) => maxConns) },
      {
        file: `${folder}/belfry.config.yaml`,
        workers: 3,
        services: [9],
        debug: { host: "::1", port: 1, token: "t" },
        control: "/c.sock",
        logFormat: "text",
        logLevel: "warn",
        shutdownTimeout: 0,
        drainDelay: 500,
        reloadGrace: 60_000,
      },
    );
  });

  it("has at least one worker with auto", async (context) => {
    const folder = makeFolder(context, {
      "c.json5": `{ workers: "auto", services: { e: { use: "echo", listen: ":1" } } }`,
    });
    assert.ok((await loadFrom(folder, { file: "c.json5" })).plan.workers >= 1);
  });

  it("tells everything that is wrong at once, and shows no secret", async (context) => {
    const folder = makeFolder(context, {
      "belfry.config.yaml": `
workers: 0
debug: { listen: "127.0.0.1:6060", token: [s3cret], tokn: s3cret }
log: { level: verbose }
shutdownTimout: 5s
services:
  echo: { use: echo, listen: 5, maxCons: 3 }
  c: { use: clok, listen: ":8000" }
  m: { use: gateway.ts, listen: ":8002" }
  d: { use: clock, listen: [":8000", { path: x, mode: 660 }] }
  tz: { use: clock, listen: ":8001", timeZone: Mars/Olympus }
  e: { use: ./none.ts, listen: ["127.0.0.1:8001", ":99999"] }
  f: { use: ftp, listen: ":2121", users: [{ name: a, password: 333 }], passivePorts: 9-1 }
  g:
  "a#b": { use: echo, listen: "fd:1" }
`,
    });
    const problems = await problemsOf(folder);
    assert.deepEqual(
      problems.map((line) => line.replace('Cannot use "belfry.config.yaml": ', "")),
      [
        'workers: 0: expected a whole number from 1 to 1024, or "auto"',
        "debug.token: (a secret): expected 1 to 256 printable ASCII characters without spaces",
        'debug.tokn: unknown key: did you mean "token"?',
        'log.level: "verbose": expected "error" or "warn" or "info" or "debug"',
        'services["a#b"]: expected a name of 1 to 64 characters without # and control characters',
        'shutdownTimout: unknown key: did you mean "shutdownTimeout"?',
        'services.echo.listen: 5: expected an address such as "127.0.0.1:8000", ":8000", "unix:/run/x.sock", "fd:3" or "systemd:NAME", { path, mode }, or a list of these',
        'services.echo.maxCons: unknown key: did you mean "maxConns"?',
        'services.c.use: "clok": did you mean "clock"? expected "clock", "echo", "reverb", "ftp", or the path of a module such as "./gateway.ts"',
        'services.m.use: "gateway.ts": did you mean "./gateway.ts"? expected "clock", "echo", "reverb", "ftp", or the path of a module such as "./gateway.ts"',
        'services.d.listen[1].mode: 660: expected three octal digits in quotes, such as "660"',
        'services.e.listen[1]: ":99999": expected a port from 0 to 65535',
        "services.f.users[0].password: (a secret): expected a text, in quotes where it is all digits",
        'services.f.passivePorts: "9-1": expected two ports from 1 to 65535, the lower one first, such as 50000-50100',
        "services.g: null: expected an object with use and listen",
        'services["a#b"].listen: "fd:1": expected the number of an inherited descriptor, at least 3, after fd:',
        'services.tz.timeZone: "Mars/Olympus": expected an IANA time zone such as Asia/Tokyo',
      ],
    );
    assert.doesNotMatch(problems.join(), /s3cret|333/);
  });

  const broken: readonly (readonly [name: string, text: string, says: RegExp])[] = [
    ["a.yaml", "services:\n  a: [1,\n", /line 3, column 1: unexpected end of the stream within a flow collection$/],
    ["a.yaml", "a: 1\na: 2\n", /line 2, column 1: duplicated mapping key$/],
    ["a.toml", "a = 1\nb = = 2\n", /line 2, column \d+: /],
    ["a.json", '{\n  "a": 1,\n  "b": }\n', /line 3, column 8: expected a value$/],
    ["a.json5", "{ a: 1,\n b: }", /line 2, column 5: invalid character '}'$/],
    ["a.ts", "const a: number = 1;\nexport default { a: , };\n", /line 2, column 21: unexpected token$/],
    [
      "a.ts",
      "const f = (): never => {\n  throw new Error('no luck');\n};\nexport default f();\n",
      /no luck \(at a\.ts:2:9\)$/,
    ],
    ...["a.ts", "a.mjs", "a.cjs", "a.js"].map((name) => [name, "throw new Error('one');\n", at(name, "1:7")] as const),
    ["a.ts", "const a: number = 1; throw new Error(`one ${a}`);\n", at("a.ts", "1:28")],
    ["a.ts", "\n  const a: number = 1; throw new Error('one');\n", at("a.ts", "2:30")],
    ["a.ts", "import x from './nowhere.js';\nexport default x;\n", /Cannot find module '\.\/nowhere\.js'/],
    ["a.ts", "export const config = {};\n", /it exports nothing by default: expected export default defineConfig/],
    ["a.ini", "a=1\n", /expected a file that ends in \.ts, /],
  ];
  for (const [name, text, says] of broken) {
    it(`names file, line and column: ${JSON.stringify(text)} as ${name}`, async (context) => {
      const [message = "", ...more] = await problemsOf(makeFolder(context, { [name]: text }), { file: name });
      assert.match(message, says);
      assert.ok(message.startsWith(`Cannot read config "${name}": `), message);
      assert.deepEqual(more, []);
    });
  }

  for (const [what, text] of [
    ["nothing", ""],
    ["a text", "hello"],
    ["a list", "- 1"],
  ] as const) {
    it(`says what was expected of a file that holds ${what}`, async (context) => {
      const [message = ""] = await problemsOf(makeFolder(context, { "a.yaml": text }), { file: "a.yaml" });
      assert.match(message, /^Cannot use "a\.yaml": .*expected an object with services$/);
    });
  }

  it("says that a file is not there", async (context) => {
    assert.deepEqual(await problemsOf(makeFolder(context), { file: "x/b.ts" }), [
      'Cannot read config "x/b.ts": there is no such file',
    ]);
  });

  it("wants at least one service", async (context) => {
    const folder = makeFolder(context, { "belfry.config.json": `{ "services": {} }` });
    assert.deepEqual(await problemsOf(folder), [
      'Cannot use "belfry.config.json": services: expected at least one service',
    ]);
  });

  it("wants a token for a debug server that others can reach", async (context) => {
    const service = `services: { e: { use: "echo", listen: ":1" } }`;
    const folder = makeFolder(context, { "c.json5": `{ debug: "0.0.0.0:6060", ${service} }` });
    const [problem = ""] = await problemsOf(folder, { file: "c.json5" });
    assert.match(
      problem,
      /debug: "0\.0\.0\.0:6060": .*expected a token, or a loopback address such as 127\.0\.0\.1:6060$/,
    );
    const { plan } = await loadFrom(folder, { file: "c.json5", overrides: { debugToken: "t" } });
    assert.equal(plan.debug?.token, "t");
  });

  it("takes no token that cannot be sent, and does not show it", async (context) => {
    const service = `services: { e: { use: "echo", listen: ":1" } }`;
    const text = `{ debug: { listen: ":6060", token: "two words" }, ${service} }`;
    const folder = makeFolder(context, { "c.json5": text });
    assert.deepEqual(await problemsOf(folder, { file: "c.json5" }), [
      'Cannot use "c.json5": debug.token: (a secret): expected 1 to 256 printable ASCII characters without spaces',
    ]);
  });
});

describe("addresses of a config", () => {
  const config = (listens: readonly unknown[], rest = ""): string =>
    `{ ${rest} services: { ${listens.map((listen, at) => `s${at}: { use: "echo", listen: ${JSON.stringify(listen)} }`).join(", ")} } }`;

  it("names both services that want the same address", async (context) => {
    const listens = [
      "127.0.0.1:8000",
      [":8001", "127.0.0.1:8000"],
      "unix:a.sock",
      { path: "./a.sock" },
      "127.0.0.1:0",
      ":0",
    ];
    const folder = makeFolder(context, { "c.json5": config(listens, `debug: ":8001",`) });
    assert.deepEqual(await problemsOf(folder, { file: "c.json5" }), [
      'Cannot use "c.json5": services.s1.listen[0]: "127.0.0.1:8001": debug has that address already',
      'Cannot use "c.json5": services.s1.listen[1]: "127.0.0.1:8000": services.s0 has that address already',
      'Cannot use "c.json5": services.s3.listen: "unix:DIR/a.sock": services.s2 has that address already',
    ]);
  });

  it("names addresses that cannot be listened on beside each other", async (context) => {
    const folder = makeFolder(context, {
      "c.json5": `{ debug: ":8001", services: {
        s0: { use: "echo", listen: [":8000", "0.0.0.0:8000", "127.0.0.2:8000", "[::1]:8000", "0.0.0.0:8002"] },
        s1: { use: "echo", listen: ["[::]:8002", "0.0.0.0:8001", "[::]:0", "0.0.0.0:0", "localhost:8000"] },
      } }`,
    });
    const port = "has that port already, by";
    const expected = [
      `Cannot use "c.json5": services.s0.listen[1]: "0.0.0.0:8000": services.s0 ${port} "127.0.0.1:8000"`,
      `Cannot use "c.json5": services.s1.listen[0]: "[::]:8002": services.s0 ${port} "0.0.0.0:8002"`,
      `Cannot use "c.json5": services.s1.listen[1]: "0.0.0.0:8001": debug ${port} "127.0.0.1:8001"`,
    ];
    // Elsewhere both may listen.
    if (process.platform === "linux") assert.deepEqual(await problemsOf(folder, { file: "c.json5" }), expected);
    else await loadFrom(folder, { file: "c.json5" });
  });

  it("wants somebody to be trusted with the PROXY protocol", async (context) => {
    const folder = makeFolder(context, {
      "c.json5": '{ services: { echo: { use: "echo", listen: ":8000", proxy: { trust: [] } } } }',
    });
    assert.deepEqual(await problemsOf(folder, { file: "c.json5" }), [
      'Cannot use "c.json5": services.echo.proxy.trust: []: expected a list of addresses and networks, at least one',
    ]);
  });

  const PASSED = { LISTEN_FDS: "3", LISTEN_FDNAMES: "web:admin:web", LISTEN_PID: "77" };
  const targets = async (
    folder: string,
    env: Record<string, string>,
    hostPid: number,
  ): Promise<readonly ListenTarget[]> => {
    const { plan } = await loadFrom(folder, { file: "c.json5", env, hostPid });
    return plan.services.flatMap(({ listen }) => listen);
  };

  it("finds the descriptors that a service manager has passed, by name", async (context) => {
    const folder = makeFolder(context, { "c.json5": config(["systemd:web", "systemd:admin", "fd:9"]) });
    assert.deepEqual(
      await targets(folder, PASSED, 77),
      [3, 5, 4, 9].map((descriptor) => ({ kind: "inherited", descriptor })),
    );
  });

  it("does not take descriptors that were passed to another process", async (context) => {
    const folder = makeFolder(context, { "c.json5": config(["systemd:web"]) });
    const setup = { file: "c.json5", env: PASSED, hostPid: 78 };
    assert.deepEqual(await problemsOf(folder, setup), [
      'Cannot use "c.json5": services.s0.listen: "systemd:web": no descriptor of that name was passed: no descriptors were passed (LISTEN_FDS, LISTEN_PID)',
    ]);
    const other = makeFolder(context, { "c.json5": config(["systemd:wbe"]) });
    assert.match((await problemsOf(other, { ...setup, hostPid: 77 })).join(), /those passed are "web", "admin"$/);
    assert.deepEqual((await loadFrom(folder, { ...setup, isCheck: true })).services[0]?.addresses, ["systemd:web"]);
  });
});
