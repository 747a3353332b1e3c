import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server as NetServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { describeHost } from "../../src/commands/serve.js";
import type { HostPlan, ServicePlan } from "../../src/config/plan/host-plan.js";
import { main } from "../../src/main.js";
import { runBelfry, startBelfry } from "../belfry-process.js";
import { memoryIo } from "../memory-io.js";

const PORTS = [8010, 8020, 8030, 8007, 8000, 2121];

/** Takes a port, if nobody has it; `undefined` otherwise. */
function take(port: number): Promise<NetServer | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

function close(server: NetServer | undefined): Promise<void> {
  return new Promise((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
}

/** A directory without a config file, with its control sockets. */
async function inDirectory(use: (env: Record<string, string>) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "belfry-serve-"));
  try {
    await use({ XDG_RUNTIME_DIR: directory });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function service(name: string, kind: string, rest: Partial<ServicePlan> = {}): ServicePlan {
  const limits = { maxConns: 10_000, maxConnsPerAddress: null, isClaimed: false };
  return { name, kind, listen: [], isSecure: false, isProxied: false, wantsName: false, ...limits, ...rest };
}

const PLAN: HostPlan = {
  file: null,
  workers: 1,
  services: [],
  debug: null,
  control: null,
  logFormat: "text",
  logLevel: "info",
  shutdownTimeout: 10_000,
  drainDelay: 0,
  reloadGrace: 0,
};

describe("describeHost()", () => {
  it("has a line to type for each address, one for all clocks, and the pages", () => {
    const services = [
      service("New York", "clock"),
      service("safe", "echo", { isSecure: true }),
      service("files", "ftp"),
      service("named", "ftp", { wantsName: true }),
      service("ftps", "ftp", { isSecure: true, wantsName: true }),
      service("local", "./local.ts"),
      service("sealed", "./local.ts", { isSecure: true }),
      service("behind", "echo", { isProxied: true }),
    ];
    const addresses = {
      "New York": ["127.0.0.1:8010"],
      safe: ["[::1]:8443"],
      files: ["127.0.0.1:2121"],
      named: ["127.0.0.1:2122"],
      ftps: ["127.0.0.1:2123"],
      local: ["unix:/run/l.sock"],
      sealed: ["unix:/run/s.sock"],
      behind: ["127.0.0.1:9000"],
    };
    const text = describeHost({ plan: { ...PLAN, services }, addresses, debugAddr: "127.0.0.1:6060" });
    assert.match(text, /New York +127\.0\.0\.1:8010 +nc 127\.0\.0\.1 8010 +npx belfry netcat 127\.0\.0\.1 8010/);
    assert.match(
      text,
      /safe +\[::1\]:8443 +openssl s_client -quiet -connect \[::1\]:8443 +npx belfry netcat --tls-insecure ::1 8443/,
    );
    assert.match(text, /files +127\.0\.0\.1:2121 +curl ftp:\/\/127\.0\.0\.1:2121\/ +npx belfry ftp 127\.0\.0\.1:2121/);
    assert.match(text, /named +\S+ +curl -u NAME ftp:\/\/127\.0\.0\.1:2122\/ +npx belfry ftp NAME@127\.0\.0\.1:2122/);
    assert.match(
      text,
      /ftps +\S+ +curl --ssl-reqd -k -u NAME ftp:\S+\/ +npx belfry ftp --tls --insecure NAME@127\.0\.0\.1:2123/,
    );
    assert.match(text, /local +unix:\/run\/l\.sock +nc -U \/run\/l\.sock/);
    assert.match(
      text,
      /sealed +\S+ +openssl s_client -quiet -unix \/run\/s\.sock +npx belfry netcat --tls-insecure -U/,
    );
    assert.match(text, /behind +127\.0\.0\.1:9000 +\(through its proxy\) *\n/);
    assert.match(text, /all clocks: npx belfry clockwall NewYork=127\.0\.0\.1:8010\n/);
    assert.match(text, /http:\/\/127\.0\.0\.1:6060\/\n.*http:\/\/127\.0\.0\.1:6060\/wall\n/);
  });

  it("leaves out what is not there", () => {
    const text = describeHost({
      plan: { ...PLAN, services: [service("echo", "echo")] },
      addresses: { echo: [] },
      debugAddr: null,
    });
    assert.doesNotMatch(text, /clockwall|http/);
  });
});

describe("belfry serve", () => {
  it("names every port that is taken, and runs nothing then", () =>
    inDirectory(async (env) => {
      const taken = [await take(8010), await take(8007)];
      const { status, stdout, stderr } = await runBelfry(["serve", "--debug", "127.0.0.1:0"], env);
      await Promise.all(taken.map(close));
      assert.equal(status, 1);
      assert.equal(stdout, "");
      for (const port of [8010, 8007]) {
        assert.match(stderr, new RegExp(`^belfry: Cannot listen on 127\\.0\\.0\\.1:${port}: EADDRINUSE`, "m"));
      }
      assert.doesNotMatch(stderr, /listening/);
    }));

  it("runs three clocks, echo, reverb and FTP without a config", (context) =>
    inDirectory(async (env) => {
      const probes = await Promise.all(PORTS.map(take));
      await Promise.all(probes.map(close));
      if (probes.includes(undefined)) return context.skip("a default port is taken on this machine");
      const belfry = startBelfry(["serve", "--debug", "127.0.0.1:0"], env);
      try {
        for (const port of PORTS) await belfry.says(new RegExp(`^listening on 127\\.0\\.0\\.1:${port}$`, "m"));
        const line = await new Promise((resolve) => connect(8010, "127.0.0.1").once("data", resolve));
        assert.match(String(line), /^\d\d:\d\d:\d\d\n$/);
        belfry.child.kill("SIGTERM");
        const { status, stdout } = await belfry.ended;
        assert.equal(status, 0);
        assert.match(stdout, /New York +127\.0\.0\.1:8010/);
        assert.match(stdout, /http:\/\/127\.0\.0\.1:\d+\/wall/);
      } finally {
        await belfry[Symbol.asyncDispose]();
      }
    }));

  it("names a config that is not there", async () => {
    const { status, stderr } = await runBelfry(["serve", "--config", "/nowhere/belfry.config.ts"]);
    assert.equal(status, 1);
    assert.match(stderr, /^belfry: .*\/nowhere\/belfry\.config\.ts/);
  });

  it("refuses workers that are no number", async () => {
    const { io, stderr } = memoryIo();
    assert.equal(await main(["serve", "--workers", "many"], io), 2);
    assert.match(stderr(), /^belfry: Cannot use --workers "many": expected a whole number of at least 1, or auto\n$/);
  });

  it("shows nothing beyond this machine without a token", async () => {
    const { status, stderr } = await runBelfry(["serve", "--debug", "0.0.0.0:0"], { BELFRY_DEBUG_TOKEN: "" });
    assert.equal(status, 1);
    assert.match(stderr, /token/);
  });
});
