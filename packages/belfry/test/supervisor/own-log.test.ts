import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { withHost } from "./host-process.js";

const CONFIG = { debug: "127.0.0.1:0", services: { echo: { use: "echo", listen: "127.0.0.1:0" } } };

describe("the supervisor's own log", () => {
  it("says where pages are when services listen", () =>
    withHost({ config: CONFIG }, async ({ process }) => {
      await process.says(/debugging on/);
      assert.match(process.stderr(), /listening on 127\.0\.0\.1:\d+\ndebugging on http:\/\/127\.0\.0\.1:\d+\/\n$/);
    }));

  it("has the format and the level of the file after a reload", () =>
    withHost({ config: CONFIG }, async (host) => {
      const { process } = host;
      await process.says(/listening on/);
      host.write("belfry.config.json", { ...CONFIG, log: { format: "json" } });
      process.child.kill("SIGHUP");
      await process.says(/^\{"level":"info",.*"msg":"reloaded: generation 2 serves"\}$/m);
      assert.equal((await host.status()).generation, 2);
    }));
});
