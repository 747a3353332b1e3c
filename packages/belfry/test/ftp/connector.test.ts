import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isLoopback, remoteOptions } from "../../src/ftp/connector.js";
import type { FtpFlags } from "../../src/ftp/options.js";
import { parseTarget } from "../../src/ftp/target.js";

function options(target: string, flags: Partial<FtpFlags> = {}): ReturnType<typeof remoteOptions> {
  const preset: FtpFlags = { prompt: true, netrc: true, encoding: "utf8", timeout: 0 };
  return remoteOptions(parseTarget(target), { ...preset, ...flags }, () => {});
}

describe("remoteOptions()", () => {
  const cases: readonly [target: string, flags: Partial<FtpFlags>, protection: string, port: number][] = [
    ["h", {}, "none", 21],
    ["h:2121", {}, "none", 2121],
    ["h", { tls: true }, "explicit", 21],
    ["h", { implicit: true }, "implicit", 990],
    ["h", { insecure: true }, "explicit", 21],
    ["ftp://h", { tls: true }, "explicit", 21],
    ["ftps://h", { tls: true }, "implicit", 990],
    ["ftpes://h", {}, "explicit", 21],
  ];
  for (const [target, flags, protection, port] of cases) {
    it(`makes of ${target} with ${JSON.stringify(flags)}: ${protection} on ${port}`, () => {
      const made = options(target, flags);
      assert.deepEqual([made.protection, made.port], [protection, port]);
    });
  }

  it("verifies certificates against the host that was named, unless told not to", () => {
    assert.deepEqual(options("h", { tls: true }).tls, { host: "h", servername: "h" });
    assert.deepEqual(options("[::1]", { tls: true }).tls, { host: "::1" });
    assert.deepEqual(options("h", { insecure: true }).tls, { host: "h", servername: "h", rejectUnauthorized: false });
  });

  it("names a file of authorities that cannot be read", () => {
    assert.throws(() => options("h", { cacert: "/nonexistent" }), {
      code: "ERR_USAGE",
      message: 'Cannot use --cacert "/nonexistent": ENOENT',
    });
  });
});

describe("isLoopback()", () => {
  it("tells this machine from others", () => {
    const addresses = ["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1", "128.0.0.1", "10.0.0.1", "fe80::1", ""];
    assert.deepEqual(addresses.map(isLoopback), [true, true, true, true, false, false, false, false]);
  });
});
