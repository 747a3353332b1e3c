import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { tlsArgs, withFtpd } from "../packages/belfry/test/ftpd/ftpd-process.js";
import { until } from "@belfry/testkit";
import { missing } from "./tools.js";

const ROUNDS = 4;

describe("curl under TLS, killed in the middle of an upload", { skip: missing("curl") }, () => {
  it("leaves the old file as it was and nothing else, and the log says incomplete", () =>
    withFtpd(tlsArgs, async ({ process: ftpd, port, root, file }) => {
      writeFileSync(join(root, "a.bin"), "old");
      writeFileSync(file("new.bin"), Buffer.alloc(3_000_000, "new"));
      const url = `ftp://ann:sesame@127.0.0.1:${port}/a.bin`;
      const options = ["-sS", "--ssl-reqd", "--cacert", file("cert.pem"), "--limit-rate", "200K"];
      for (let round = 1; round <= ROUNDS; round += 1) {
        const curl = spawn("curl", [...options, "-T", file("new.bin"), url], { stdio: "ignore" });
        await ftpd.says(new RegExp(`^ftp#${round} logged in`, "m"));
        // Once there is the hidden file, the upload is under way.
        await until(() => readdirSync(root).some((name) => name.endsWith(".part")));
        curl.kill("SIGKILL");
        await once(curl, "close");
        await ftpd.says(new RegExp(`^ftp#${round} received "/a\\.bin": \\d+ bytes in \\S+, incomplete: `, "m"));
        assert.equal(readFileSync(join(root, "a.bin"), "utf8"), "old");
        assert.deepEqual(readdirSync(root), ["a.bin"]);
      }
    }));
});
