import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { dial, pipe } from "@belfry/net";
import { serve, type Service } from "@belfry/server";
import { runBelfry } from "../belfry-process.js";
import { loadFrom, makeFolder, problemsOf } from "./support.js";

const config = (use: string, rest = ""): string => `services:\n  gate: { use: ${use}, listen: ":9000"${rest} }\n`;

async function serviceOf(folder: string): Promise<Service> {
  const { services } = await loadFrom(folder);
  assert.ok(services[0]);
  return services[0].service;
}

/** What a client hears first. */
async function hear(service: Service): Promise<string> {
  const server = await serve({ port: 0 }, service);
  const conn = await dial(server.addr);
  let text = "";
  for await (const bytes of conn) text += String(bytes);
  await conn.close();
  await server.close();
  return text;
}

describe("modules of a config", () => {
  it("serves the default export of a module in TypeScript, with its own imports", async (context) => {
    const folder = makeFolder(context, {
      "belfry.config.yaml": config("./src/gateway.ts"),
      "src/gateway.ts": `
        import type { Service } from "@belfry/server";
        import { greet } from "./greet.js";
        const gateway: Service = async (conn): Promise<void> => { await conn.write(greet("you" as string)); };
        export default gateway;`,
      "src/greet.ts": "export const greet = (name: string): string => `hello ${name}`;",
    });
    assert.equal(await hear(await serviceOf(folder)), "hello you");
    assert.equal((await loadFrom(folder)).plan.services[0]?.kind, "./src/gateway.ts");
  });

  it("gives options and name to createService, which may take its time", async (context) => {
    const folder = makeFolder(context, {
      "config/c.json5": `{ services: { gate: { use: "../x/gateway.mjs", listen: ":9000", options: { text: ["a", "\${B}"] } } } }`,
      "x/gateway.mjs": `
        export async function createService(options, { name }) {
          await new Promise((resolve) => setImmediate(resolve));
          return (conn) => conn.write(name + JSON.stringify(options));
        }`,
    });
    const { services } = await loadFrom(folder, { file: "config/c.json5", env: { B: "b" } });
    assert.ok(services[0]);
    assert.equal(await hear(services[0].service), 'gate{"text":["a","b"]}');
  });

  it("serves a service that stands in the config itself", async (context) => {
    const folder = makeFolder(context, {
      "belfry.config.ts": `
        import { defineConfig } from "belfry";
        export default defineConfig({
          services: { gate: { use: async (conn) => { await conn.write("inline"); }, listen: ":9000", banner: "220 hi\\n" } },
        });`,
    });
    const { plan, services } = await loadFrom(folder);
    assert.equal(plan.services[0]?.kind, "belfry.config.ts");
    assert.ok(services[0]);
    assert.equal(await hear(services[0].service), "220 hi\ninline");
  });

  it("has the packages of Belfry be those of the host", async (context) => {
    const folder = makeFolder(context, {
      "belfry.config.yaml": config("./gateway.ts"),
      "gateway.ts": `
        import { ClosedError } from "@belfry/net";
        export { echo } from "@belfry/reverb";
        export default async (conn: any) => {
          await conn.close();
          await conn.read().catch((error: unknown) => { throw new Error(String(error instanceof ClosedError)); });
        };`,
    });
    const service = await serviceOf(folder);
    const [conn] = pipe();
    await assert.rejects(async () => service(conn, {} as never), { message: "true" });
  });

  const cases: readonly (readonly [what: string, module: string | null, rest: string, says: RegExp])[] = [
    ["is not there", null, "", /services\.gate\.use: "\.\/gateway\.ts": there is no such file$/],
    [
      "has no such export",
      "export const a = 1, b = 2;",
      "",
      /expected a service as its default export, .*; it exports a, b$/,
    ],
    ["exports nothing", "", "", /expected a service as its default export, .*; it exports nothing$/],
    [
      "exports a class",
      "export default class Gateway { serve(): void {} }",
      "",
      /expected a service as its default export, which is a function; it is a class, which nobody makes an object of$/,
    ],
    [
      "makes a class",
      "export const createService = () => class {};",
      "",
      /expected its createService to return a service/,
    ],
    ["exports something else", "export default 5;", "", /expected a service as its default export/],
    [
      "throws on load",
      "const port: number = 1;\nthrow new Error(`no luck on ${port}`);",
      "",
      /it cannot be loaded: no luck on 1 \(at gateway\.ts:2:7\)$/,
    ],
    ["throws what is no error", "throw 'plain';", "", /it cannot be loaded: it threw plain$/],
    ["has broken syntax", "export default (;", "", /it cannot be loaded: line 1, column 17: unexpected token$/],
    ["imports what is not there", "import 'nowhere';", "", /Cannot find (?:module|package) 'nowhere'/],
    [
      "throws in createService",
      "export function createService() {\n  throw new TypeError('expected a host');\n}",
      "",
      /its createService threw: expected a host \(at gateway\.ts:2:9\)$/,
    ],
    [
      "rejects in createService",
      "export async function createService() {\n  await null;\n  throw new TypeError('too late');\n}",
      "",
      /its createService threw: too late \(at gateway\.ts:3:9\)$/,
    ],
    [
      "makes no service",
      "export const createService = () => ({});",
      "",
      /expected its createService to return a service/,
    ],
    [
      "takes no options",
      "export default () => {};",
      ", options: { a: 1 }",
      /services\.gate\.options: nobody takes them: "\.\/gateway\.ts" exports no createService/,
    ],
  ];
  for (const [what, module, rest, says] of cases) {
    it(`names service and module where it ${what}`, async (context) => {
      const files = {
        "belfry.config.yaml": config("./gateway.ts", rest),
        ...(module !== null && { "gateway.ts": module }),
      };
      const [problem = "", ...more] = await problemsOf(makeFolder(context, files));
      assert.match(problem, says);
      assert.ok(problem.startsWith('Cannot use "belfry.config.yaml": services.gate.'), problem);
      assert.doesNotMatch(problem, /\n/);
      assert.deepEqual(more, []);
    });
  }

  it("loads many of them at once in one process, each as it is", async (context) => {
    const folder = makeFolder(context, {
      "belfry.config.yaml": `services:
  a: { use: ./a.mjs, listen: ":9000" }
  b: { use: ./a.mjs, listen: ":9001" }
  c: { use: ./c.ts, listen: ":9002" }
`,
      "a.mjs": "export default () => {};",
      "c.ts": `import { lines } from "@belfry/net"; export const createService = () => (conn: any) => void lines(conn);`,
    });
    const loaded = await Promise.all(Array.from({ length: 20 }, () => loadFrom(folder)));
    for (const { services } of loaded) assert.ok(services.every(({ service }) => typeof service === "function"));
  });

  for (const [what, module] of [
    ["a module", "await new Promise(() => {});\nexport default () => {};"],
    ["a createService", "export const createService = () => new Promise(() => {});"],
  ] as const) {
    it(`tells of ${what} that never gets ready, where nothing could make it so`, async (context) => {
      const folder = makeFolder(context, { "belfry.config.yaml": config("./gateway.ts"), "gateway.ts": module });
      const { status, stderr } = await runBelfry(["check", "--config", join(folder, "belfry.config.yaml")]);
      assert.match(stderr, /services\.gate\.use: "\.\/gateway\.ts": .*it waits for something that never comes\n$/);
      assert.equal(status, 1);
    });
  }
});
