import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { describe, it, mock } from "node:test";
import { Touches } from "../../../src/storage/disk/touches.js";
import { temporaryRoot } from "../temporary-root.js";

async function withTemporaryRoot(body: (root: string) => Promise<void>): Promise<void> {
  const { root, stop } = temporaryRoot();
  try {
    await body(root);
  } finally {
    stop();
  }
}

void describe("Touches", () => {
  void it("are made at once on a local file system only", async () => {
    await withTemporaryRoot(async (root) => {
      const sync = mock.method(fs, "renameSync");
      try {
        for (const [isLocal, calls] of [
          [false, 0],
          [true, 1],
        ] as const) {
          fs.writeFileSync(join(root, "a"), "");
          await new Touches(isLocal).rename(join(root, "a"), join(root, "b"));
          assert.ok(fs.existsSync(join(root, "b")));
          assert.equal(sync.mock.callCount(), calls);
        }
      } finally {
        sync.mock.restore();
      }
    });
  });

  void it("go through the thread pool behind a slow one, longer each time it happens again, and briefly long after", async () => {
    await withTemporaryRoot(async (root) => {
      let now = 1000;
      const clock = mock.method(performance, "now", () => now);
      const slow = mock.method(fs, "writeSync", (_fd: number, data: Uint8Array) => {
        now += 10;
        return data.length;
      });
      const fd = fs.openSync(join(root, "a"), "w");
      try {
        const touches = new Touches(true);
        for (const rest of [100, 200, 400, 800, 1600, 3200, 5000, 5000]) {
          assert.ok(touches.areQuick);
          touches.write(fd, Buffer.from("x"), 0);
          assert.ok(!touches.areQuick);
          now += rest - 1;
          assert.ok(!touches.areQuick);
          now += 1;
        }
        assert.ok(touches.areQuick);
        now += 5001;
        touches.write(fd, Buffer.from("x"), 0);
        now += 100;
        assert.ok(touches.areQuick);
      } finally {
        clock.mock.restore();
        slow.mock.restore();
        fs.closeSync(fd);
      }
    });
  });

  void it("read to the end of the file, and write all they are given", async () => {
    await withTemporaryRoot(async (root) => {
      const touches = new Touches(true);
      const fd = await touches.open(join(root, "a"), fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600);
      try {
        touches.write(fd, Buffer.from("hello"), 0);
        touches.write(fd, Buffer.from("y!"), 4);
        const target = Buffer.alloc(10);
        assert.equal(touches.read(fd, target, 1), 5);
        assert.equal(target.toString("latin1", 0, 5), "elly!");
      } finally {
        fs.closeSync(fd);
      }
    });
  });
});
