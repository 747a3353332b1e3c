import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { type Ended, runBelfry } from "../packages/belfry/test/belfry-process.js";
import { missing, run, start } from "./tools.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DEPLOY = join(ROOT, "deploy");
const TOKEN = "open-sesame";

function filesOf(pattern: RegExp): readonly string[] {
  const all = readdirSync(DEPLOY, { recursive: true, encoding: "utf8" });
  return all.filter((name) => pattern.test(name)).map((name) => join(DEPLOY, name));
}

function check(file: string, env: Record<string, string> = {}): Promise<Ended> {
  return runBelfry(["check", "--config", file], env);
}

/** The text of a file that stands in a Kubernetes manifest: what is indented below `NAME: |`. */
function embedded(manifest: string, name: string): string {
  const [, indent = "", rest = ""] =
    new RegExp(`^( *)${name.replaceAll(".", "\\.")}: \\|\\n([^]*)`, "m").exec(manifest) ?? [];
  const lines = rest.split("\n");
  const end = lines.findIndex((line) => line.trim() !== "" && !line.startsWith(`${indent} `));
  return lines.slice(0, end === -1 ? undefined : end).join("\n");
}

describe("what is in deploy", () => {
  for (const file of filesOf(/belfry\.config\.\w+$/)) {
    it(`${file.slice(ROOT.length)} is a configuration that belfry check accepts`, async () => {
      const { status, stdout, stderr } = await check(file, { BELFRY_DEBUG_TOKEN: TOKEN });
      assert.equal(stderr, "");
      assert.equal(status, 0);
      assert.match(stdout, /is all right/);
      assert.ok(!stdout.includes(TOKEN));
    });
  }

  it("the configuration that others can reach is none without its token", async () => {
    const { status, stderr } = await check(join(DEPLOY, "belfry.config.yaml"), { BELFRY_DEBUG_TOKEN: "" });
    assert.equal(status, 1);
    assert.match(stderr, /debug\.token|BELFRY_DEBUG_TOKEN/);
  });

  it("the configuration in the Kubernetes manifest is one that belfry check accepts", async () => {
    const folder = mkdtempSync(join(tmpdir(), "belfry-deploy-"));
    try {
      const manifest = readFileSync(join(DEPLOY, "kubernetes", "belfry.yaml"), "utf8");
      const file = join(folder, "belfry.config.yaml");
      const text = embedded(manifest, "belfry.config.yaml");
      assert.match(text, /^ +services:$/m);
      writeFileSync(file, text);
      const { status, stdout, stderr } = await check(file, { BELFRY_DEBUG_TOKEN: TOKEN });
      assert.equal(stderr, "");
      assert.equal(status, 0);
      // What it says of ports is what the manifest says.
      for (const [, port = ""] of manifest.matchAll(/containerPort: (\d+)/g))
        assert.match(stdout, new RegExp(`:${port}\\b`));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("gives a pod more time than its drain takes", () => {
    const manifest = readFileSync(join(DEPLOY, "kubernetes", "belfry.yaml"), "utf8");
    const seconds = (pattern: RegExp): number => Number(pattern.exec(manifest)?.[1]);
    const needed = seconds(/drainDelay: (\d+)s/) + seconds(/shutdownTimeout: (\d+)s/);
    assert.ok(seconds(/terminationGracePeriodSeconds: (\d+)/) > needed);
  });

  it("has an HAProxy configuration that HAProxy accepts", { skip: missing("haproxy") }, async () => {
    const said = String(await run(["haproxy", "-c", "-f", join(DEPLOY, "haproxy", "haproxy.cfg")], ""));
    assert.match(said, /valid/i);
  });

  it(
    "has units that systemd accepts, but for the program that is not installed here",
    {
      skip: missing("systemd-analyze"),
    },
    async () => {
      const units = filesOf(/\.(?:service|socket)$/);
      assert.equal(units.length, 2);
      const child = start(["systemd-analyze", "verify", "--man=no", ...units]);
      let said = "";
      for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data) => (said += String(data)));
      await new Promise((resolve) => child.on("close", resolve));
      const complaints = said.split("\n").filter((line) => /belfry\.(?:service|socket)/.test(line));
      const isExpected = (line: string): boolean => /\/opt\/belfry\/bin\/belfry is not executable/.test(line);
      assert.deepEqual(
        complaints.filter((line) => !isExpected(line)),
        [],
        said,
      );
    },
  );

  it("has a socket unit whose name is the one the service's configuration asks for", () => {
    const [, name = ""] =
      /^FileDescriptorName=(.+)$/m.exec(readFileSync(join(DEPLOY, "systemd", "belfry.socket"), "utf8")) ?? [];
    assert.ok(name !== "");
    assert.ok(
      readFileSync(join(DEPLOY, "systemd", "belfry.config.yaml"), "utf8").includes(`listen: systemd:${name}\n`),
    );
  });

  it("has a Dockerfile whose every file of this checkout is there, and that starts what there is", () => {
    const text = readFileSync(join(DEPLOY, "docker", "Dockerfile"), "utf8");
    const copied = [...text.matchAll(/^COPY (?!--from)(\S+) /gm)].map(([, path = ""]) => path);
    assert.ok(copied.length >= 2);
    for (const path of copied) assert.ok(existsSync(join(ROOT, path)), path);
    for (const [, path = ""] of text.matchAll(/\/opt\/belfry\/(packages\/\S+)/g))
      assert.ok(existsSync(join(ROOT, path)), path);
    const scripts = (JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: object }).scripts;
    for (const [, script = ""] of text.matchAll(/npm run (\w+)/g)) assert.ok(script in scripts, script);
    const [, config = ""] = /"--config", "([^"]+)"/.exec(text) ?? [];
    assert.match(text, new RegExp(`^COPY \\S+ ${config}$`, "m"));
    // The packages' own folders are not to be ignored with the rest.
    const ignored = readFileSync(join(DEPLOY, "docker", "Dockerfile.dockerignore"), "utf8").split("\n");
    for (const path of copied) assert.ok(!ignored.includes(path), path);
  });
});
