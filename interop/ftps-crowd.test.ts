import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, unlinkSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, it } from "node:test";
import { until } from "@belfry/testkit";
import { withFtpd } from "../packages/belfry/test/ftpd/ftpd-process.js";
import { begin, contentOf, gather, isExact, isServed, SIZE, upload } from "./ftps/crowd.js";

describe("belfry ftpd with a crowd", () => {
  it("takes 10 MiB from each of 300 sessions at once, and gives it back, all exact", { timeout: 240_000 }, () =>
    withFtpd(["--idle-timeout", "0"], async (ftpd) => {
      const probes = await gather(ftpd, 300);
      const visits = probes.map(async (probe, index) => {
        const name = `file-${index}`;
        const content = contentOf(index);
        assert.match(await upload(probe, name, content), /^226 /);
        assert.ok(await isServed(probe, name, content), name);
        unlinkSync(join(ftpd.root, name));
      });
      await Promise.all(visits);
      assert.doesNotMatch(ftpd.process.stderr(), /incomplete|failed/);
      // Lines about transfers are gathered for a moment.
      const count = (line: RegExp) => ftpd.process.stderr().match(line)?.length;
      await until(() => count(/ received "/g) === 300 && count(/ sent "/g) === 300);
    }),
  );

  it("ends the transfers under way exactly at SIGTERM, refuses new connections, and ends with 0", () =>
    withFtpd(["--shutdown-timeout", "30s"], async (ftpd) => {
      const sessions = await gather(ftpd, 21);
      const [idle, ...busy] = sessions;
      assert.ok(idle !== undefined);
      const [readers, writers] = [busy.slice(0, 10), busy.slice(10)];
      assert.match(await upload(idle, "down", contentOf(0)), /^226 /);
      const downloads = await Promise.all(readers.map((probe) => begin(probe, "RETR down")));
      const uploads = await Promise.all(writers.map((probe, index) => begin(probe, `STOR up-${index}`)));
      // Each of them is in the middle: nothing is read yet, and half is written.
      for (const [index, data] of uploads.entries()) data.write(contentOf(index).subarray(0, SIZE / 2));
      ftpd.process.child.kill("SIGTERM");
      await ftpd.process.says(/^shutting down$/m);
      const refused = connect(ftpd.port, "127.0.0.1");
      const [error] = (await once(refused, "error")) as [NodeJS.ErrnoException];
      assert.equal(error.code, "ECONNREFUSED");
      assert.match(await idle.next(), /^421 /);
      for (const [index, data] of uploads.entries()) data.end(contentOf(index).subarray(SIZE / 2));
      const exact = await Promise.all(
        downloads.map((data, index) => isExact(data, readers[index] as (typeof readers)[0], contentOf(0))),
      );
      assert.ok(exact.every(Boolean));
      for (const [index, probe] of writers.entries()) {
        assert.match(await probe.next(), /^226 /);
        assert.ok(readFileSync(join(ftpd.root, `up-${index}`)).equals(contentOf(index)));
      }
      const { status, stderr } = await ftpd.process.ended;
      assert.equal(status, 0);
      assert.match(stderr, /, cut: 0\nall done\n$/);
    }));
});
