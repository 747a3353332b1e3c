import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { type Shortcut, takeShortcut } from "../../../src/storage/disk/shortcut.js";
import { temporaryRoot } from "../temporary-root.js";

const { O_DIRECTORY, O_RDONLY } = fs.constants;
/** By then every change that the tests have made is long over. */
const LATER = 60_000;

interface Place {
  readonly root: string;
  /** Two below the root. */
  readonly directory: string;
  /** @param later how long after now it is taken, in milliseconds. */
  readonly take: (later?: number) => Shortcut | null;
}

function within(body: (place: Place) => void): void {
  const { root, stop } = temporaryRoot();
  const directory = join(root, "a", "b");
  fs.writeFileSync(join(root, "clock"), "");
  fs.mkdirSync(directory, { recursive: true });
  awaitNextTick(directory, join(root, "clock"));
  const fd = fs.openSync(directory, O_RDONLY | O_DIRECTORY);
  try {
    const take = (later = LATER): Shortcut | null => takeShortcut({ root, real: directory, fd }, Date.now() + later);
    body({ root, directory, take });
  } finally {
    fs.closeSync(fd);
    stop();
  }
}

/** Until what changes now has another time than what has changed, which on some systems is milliseconds later. */
function awaitNextTick(changed: string, clock: string): void {
  const { ctimeNs } = fs.statSync(changed, { bigint: true });
  do fs.utimesSync(clock, 0, 0);
  while (fs.statSync(clock, { bigint: true }).ctimeNs === ctimeNs);
}

void describe("takeShortcut", { skip: process.platform !== "linux" }, () => {
  void it("gives the real path, and holds while nothing is laid on the way", () =>
    within(({ directory, take }) => {
      const shortcut = take();
      assert.equal(shortcut?.prefix, `${directory}/`);
      fs.writeFileSync(join(directory, "new"), "");
      assert.ok(shortcut.holds());
    }));

  void it("gives none right after a change, which another could follow unseen", () =>
    within(({ take }) => {
      assert.equal(take(0), null);
      assert.equal(take(-LATER), null);
    }));

  void it("holds no more when a directory above was elsewhere for a moment", () =>
    within(({ root, take }) => {
      const shortcut = take();
      assert.ok(shortcut?.holds());
      fs.renameSync(join(root, "a"), join(root, "away"));
      fs.symlinkSync("/", join(root, "a"));
      fs.unlinkSync(join(root, "a"));
      assert.equal(shortcut?.holds(), false);
      fs.renameSync(join(root, "away"), join(root, "a"));
      assert.equal(shortcut?.holds(), false);
    }));

  void it("holds no more when the directory was elsewhere for a moment", () =>
    within(({ directory, take }) => {
      const shortcut = take();
      fs.renameSync(directory, `${directory}-away`);
      fs.renameSync(`${directory}-away`, directory);
      assert.equal(shortcut?.holds(), false);
    }));

  void it("gives none where the path leads to another directory, or through a link to the same one", () =>
    within(({ root, directory, take }) => {
      fs.renameSync(directory, `${directory}-away`);
      assert.equal(take(), null);
      fs.mkdirSync(directory);
      assert.equal(take(), null);
      fs.rmdirSync(directory);
      fs.renameSync(`${directory}-away`, directory);
      assert.notEqual(take(), null);
      fs.renameSync(join(root, "a"), join(root, "away"));
      fs.symlinkSync("away", join(root, "a"));
      assert.equal(take(), null);
    }));
});
