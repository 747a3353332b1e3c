import assert from "node:assert/strict";
import fs, { type Stats } from "node:fs";
import { join } from "node:path";
import { describe, it, mock } from "node:test";
import { createDiskSettings } from "../../../src/storage/disk/disk-settings.js";
import { listDirectory } from "../../../src/storage/disk/listing.js";
import { Lookups } from "../../../src/storage/disk/lookups.js";
import type { Reach, Spot } from "../../../src/storage/disk/reach.js";
import type { Shortcut } from "../../../src/storage/disk/shortcut.js";
import type { FileInfo, InfoField } from "../../../src/storage/storage.js";
import { temporaryRoot } from "../temporary-root.js";

const COUNT = 100;

interface Given {
  readonly shortcut?: (elsewhere: string) => Shortcut | null;
  readonly fields?: readonly InfoField[];
  /** Files in each of the directories. Default 100. */
  readonly count?: number;
  /** Does something more to the directory that is listed. */
  readonly prepare?: (path: string) => void;
  /** What every link leads to. */
  readonly target?: Stats;
  readonly onFollow?: () => void;
}

/** Lists a directory with files of one byte, beside another with files of two that have the same names. */
async function listed(given: Given): Promise<readonly FileInfo[]> {
  const { shortcut = () => null, fields, count = COUNT, prepare = () => {}, target = null, onFollow } = given;
  const { root, stop } = temporaryRoot();
  try {
    for (const [name, text] of [
      ["here", "1"],
      ["elsewhere", "22"],
    ] as const) {
      fs.mkdirSync(join(root, name));
      for (let i = 0; i < count; i += 1) fs.writeFileSync(join(root, name, String(i)), text);
    }
    const self = join(root, "here");
    prepare(self);
    const spot: Spot = {
      path: "/here",
      self,
      prefix: `${self}/`,
      at: (name) => join(self, name),
      shortcut: () => shortcut(`${join(root, "elsewhere")}/`),
      stat: () => Promise.resolve(fs.statSync(self)),
      open: () => Promise.reject(new Error("not to be opened")),
      confirm: () => Promise.resolve(),
      close: () => {},
    };
    const settings = createDiskSettings({}, new Lookups(root));
    const follow = async (): Promise<Stats | null> => {
      onFollow?.();
      return target;
    };
    const reach = { follow } as unknown as Reach;
    const context = { reach, settings, path: "/here", signal: undefined, fields, removesLeftovers: false };
    const infos: FileInfo[] = [];
    for await (const batch of listDirectory(spot, context)) infos.push(...batch);
    return infos;
  } finally {
    stop();
  }
}

/** How often something asks the system what is at a path. */
async function countLooks(run: () => Promise<unknown>): Promise<number> {
  const looks = [mock.method(fs, "lstatSync"), mock.method(fs, "lstat")];
  try {
    await run();
    return looks.reduce((sum, look) => sum + look.mock.callCount(), 0);
  } finally {
    for (const look of looks) look.mock.restore();
  }
}

/** The names, and each size that occurs. */
function summary(infos: readonly FileInfo[]): {
  readonly names: number;
  readonly count: number;
  readonly sizes: number[];
} {
  return {
    names: new Set(infos.map(({ name }) => name)).size,
    count: infos.length,
    sizes: [...new Set(infos.map(({ size }) => size))],
  };
}

void describe("listDirectory", { skip: process.platform !== "linux" }, () => {
  void it("tells nothing that was seen by a shortcut that has not held", async () => {
    const infos = await listed({ shortcut: (prefix) => ({ prefix, holds: () => false }) });
    assert.deepEqual(summary(infos), { names: COUNT, count: COUNT, sizes: [1] });
  });

  void it("tells what was seen by a shortcut that has held, each once", async () => {
    const infos = await listed({ shortcut: (prefix) => ({ prefix, holds: () => true }) });
    assert.deepEqual(summary(infos), { names: COUNT, count: COUNT, sizes: [2] });
  });

  void it("needs no shortcut", async () => {
    assert.deepEqual(summary(await listed({})), { names: COUNT, count: COUNT, sizes: [1] });
  });

  void it("takes one shortcut for all, and another where that has not held", async () => {
    let [taken, asked] = [0, 0];
    const infos = await listed({
      count: 2000,
      shortcut: (prefix) => {
        taken += 1;
        // Each holds the first time it is asked.
        let times = 0;
        const holds = (): boolean => {
          asked += 1;
          times += 1;
          return times === 1;
        };
        return { prefix, holds };
      },
    });
    const { names, count, sizes } = summary(infos);
    assert.deepEqual([names, count, new Set(sizes)], [2000, 2000, new Set([1, 2])]);
    assert.ok(taken > 1 && taken < asked, `${taken} shortcuts, asked ${asked} times`);
  });

  void it("asks for nothing but the names where nothing else is wanted", async () => {
    const prepare = (path: string): void => fs.mkdirSync(join(path, "directory"));
    let infos: readonly FileInfo[] = [];
    const looks = await countLooks(async () => (infos = await listed({ prepare, fields: [] })));
    assert.equal(looks, 0);
    assert.equal(infos.length, COUNT + 1);
    const wanted = infos.filter(({ name }) => name === "directory" || name === "7");
    assert.deepEqual(
      new Set(wanted.map(({ name, type }) => `${name} ${type}`)),
      new Set(["directory directory", "7 file"]),
    );
    assert.ok((await countLooks(() => listed({ fields: ["size"] }))) >= COUNT);
  });

  void it("follows links also where nothing but name and type is wanted", async () => {
    const prepare = (path: string): void => fs.symlinkSync("somewhere", join(path, "link"));
    const typeOfLink = async (target?: Stats): Promise<string | undefined> =>
      (await listed({ prepare, fields: [], ...(target && { target }) })).find(({ name }) => name === "link")?.type;
    assert.equal(await typeOfLink(), "link");
    assert.equal(await typeOfLink(fs.statSync("/")), "directory");
  });

  void it("gives others their turn between links, each of which takes as long as some files", async () => {
    const prepare = (path: string): void => {
      for (let i = 0; i < 300; i += 1) fs.symlinkSync("somewhere", join(path, `link ${i}`));
    };
    let [inTurn, most] = [0, 0];
    const onFollow = (): void => {
      if (inTurn === 0) setImmediate(() => (inTurn = 0));
      inTurn += 1;
      most = Math.max(most, inTurn);
    };
    assert.equal((await listed({ prepare, fields: [], count: 0, onFollow })).length, 300);
    assert.ok(most > 0 && most <= 64, `${most} links in one turn`);
  });

  void it("hides uploads under way, whatever is wanted", async () => {
    const prepare = (path: string): void => fs.writeFileSync(join(path, ".belfry-0-0.part"), "");
    for (const fields of [undefined, [], ["size"]] as const) {
      assert.equal((await listed({ prepare, ...(fields && { fields }) })).length, COUNT);
    }
  });

  void it("tells what makes a file unique where that is wanted", async () => {
    const isTold = async (fields?: readonly InfoField[]): Promise<boolean> =>
      (await listed({ ...(fields && { fields }) })).every(({ unique }) => unique !== undefined);
    assert.deepEqual([await isTold(), await isTold(["unique"]), await isTold(["size"])], [true, true, false]);
  });
});
