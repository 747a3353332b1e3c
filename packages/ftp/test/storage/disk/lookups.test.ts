import assert from "node:assert/strict";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { describe, it, mock } from "node:test";
import { Lookups } from "../../../src/storage/disk/lookups.js";

/** statfs(2): EXT4_SUPER_MAGIC, NFS_SUPER_MAGIC. */
const [EXT4, NFS] = [0xef53, 0x6969];

function lookupsOn(type: number): Lookups {
  const answer = mock.method(fs, "statfsSync", (() => ({ type })) as unknown as typeof fs.statfsSync);
  try {
    return new Lookups(tmpdir());
  } finally {
    answer.mock.restore();
  }
}

void describe("Lookups", { skip: process.platform !== "linux" }, () => {
  void it("are made at once on a local file system only", async () => {
    const sync = mock.method(fs, "lstatSync");
    try {
      await lookupsOn(NFS).lstat(tmpdir());
      assert.equal(sync.mock.callCount(), 0);
      await lookupsOn(EXT4).lstat(tmpdir());
      assert.equal(sync.mock.callCount(), 1);
    } finally {
      sync.mock.restore();
    }
  });

  void it("go through the thread pool for a while once several were slow", () => {
    let now = 10_000;
    const clock = mock.method(performance, "now", () => now);
    try {
      const lookups = lookupsOn(EXT4);
      lookups.took(50);
      lookups.took(1);
      lookups.took(50);
      assert.ok(lookups.areQuick);
      lookups.took(50);
      assert.ok(!lookups.areQuick);
      now += 99;
      assert.ok(!lookups.areQuick);
      now += 1;
      assert.ok(lookups.areQuick);
      lookups.took(50);
      now += 199;
      assert.ok(!lookups.areQuick);
      now += 1;
      assert.ok(lookups.areQuick);
    } finally {
      clock.mock.restore();
    }
  });

  void it("are not slowed by one slow call now and then", () => {
    let now = 1000;
    const clock = mock.method(performance, "now", () => now);
    try {
      const lookups = lookupsOn(EXT4);
      for (let i = 0; i < 10; i += 1) {
        lookups.took(50);
        lookups.took(50);
        now += 1001;
      }
      assert.ok(lookups.areQuick);
    } finally {
      clock.mock.restore();
    }
  });
});
