import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { startBelfry } from "../packages/belfry/test/belfry-process.js";
import { missing, run } from "./tools.js";

describe("promtool", { skip: missing("promtool") }, () => {
  it("accepts the metrics of a running service, and has nothing to say about them", async () => {
    const belfry = startBelfry(["echo", "--listen", "127.0.0.1:0", "--debug", "127.0.0.1:0"]);
    try {
      const [, address = ""] = await belfry.says(/debugging on http:\/\/([^/]+)\//);
      const metrics = await (await fetch(`http://${address}/metrics`)).text();
      assert.match(metrics, /^belfry_connections_accepted_total\{service="echo"\} 0$/m);
      // Its lint speaks on standard error, and then ends with another status.
      assert.equal(String(await run(["promtool", "check", "metrics"], metrics)), "");
    } finally {
      await belfry[Symbol.asyncDispose]();
    }
  });

  it("accepts the metrics of a host with two workers", async () => {
    const folder = mkdtempSync(join(tmpdir(), "belfry-promtool-"));
    const file = join(folder, "belfry.config.json");
    const clock = { use: "clock", listen: "127.0.0.1:0" };
    const services = { 'the "first" clock': clock, echo: { use: "echo", listen: "127.0.0.1:0" } };
    writeFileSync(file, JSON.stringify({ workers: 2, debug: "127.0.0.1:0", services }));
    const belfry = startBelfry(["serve", "--config", file]);
    try {
      const [, address = ""] = await belfry.says(/debugging on http:\/\/([^/]+)\//);
      await belfry.says(/listening on [^]*listening on /);
      const metrics = await (await fetch(`http://${address}/metrics`)).text();
      assert.match(metrics, /^belfry_workers\{state="serving"\} 2$/m);
      assert.match(metrics, /^process_memory_usage_bytes\{worker="supervisor"\} \d+$/m);
      assert.equal(String(await run(["promtool", "check", "metrics"], metrics)), "");
      belfry.child.kill("SIGTERM");
      assert.equal((await belfry.ended).status, 0);
    } finally {
      await belfry[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    }
  });
});
