import assert from "node:assert/strict";
import fs, { type Stats } from "node:fs";
import { join } from "node:path";
import { describe, it, mock } from "node:test";
import { until, withoutLeaks } from "@belfry/testkit";
import { createDiskSettings } from "../../../src/storage/disk/disk-settings.js";
import { listDirectory } from "../../../src/storage/disk/listing.js";
import { LookupThread, type LookupThreadOptions } from "../../../src/storage/disk/lookup-thread.js";
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
  /** Default: one that does not run. */
  readonly thread?: LookupThread;
  /** Called with each batch. */
  readonly onBatch?: (infos: readonly FileInfo[]) => void | Promise<void>;
}

/** Lists a directory with files of one byte, beside another with files of two that have the same names. */
async function listed(given: Given): Promise<readonly FileInfo[]> {
  const { shortcut = () => null, fields, count = COUNT, prepare = () => {}, target = null, onFollow } = given;
  const { thread = new LookupThread({ processors: 1 }), onBatch = () => {} } = given;
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
    const lookups = new Lookups(root);
    // A busy disk would send everything through the pool.
    lookups.took = () => {};
    const settings = createDiskSettings({}, lookups);
    const follow = async (): Promise<Stats | null> => {
      onFollow?.();
      return target;
    };
    const reach = { follow } as unknown as Reach;
    const context = {
      reach,
      settings,
      thread,
      path: "/here",
      signal: undefined,
      fields,
      removesLeftovers: false,
    };
    const infos: FileInfo[] = [];
    for await (const batch of listDirectory(spot, context)) {
      infos.push(...batch);
      await onBatch(batch);
    }
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

/** Names for some lots. */
const LARGE = 1000;
/** How long a thread may take to start. */
const PATIENCE = { timeout: 60_000 };

/** By a shortcut to the directory itself, which holds. */
function toItself(elsewhere: string): Shortcut {
  return { prefix: elsewhere.replace(/elsewhere\/$/, "here/"), holds: () => true };
}

/** Lists with a thread that runs already. Tells how many lots of names it was given, too. */
async function listedByTwo(
  given: Given,
  options: LookupThreadOptions = {},
): Promise<{ readonly infos: readonly FileInfo[]; readonly lots: number }> {
  const thread = new LookupThread({ processors: 2, ...options });
  const looks = mock.method(thread, "lookUp");
  try {
    thread.start();
    await until(() => thread.hasRoom, PATIENCE);
    return {
      infos: await listed({ count: LARGE, shortcut: toItself, ...given, thread }),
      lots: looks.mock.callCount(),
    };
  } finally {
    await thread.stop();
  }
}

void describe("listDirectory with a second thread", { skip: process.platform !== "linux" }, () => {
  void it("keeps the order of the directory", async () => {
    let names: readonly string[] = [];
    const prepare = (path: string): void => {
      const directory = fs.opendirSync(path);
      const entries = Array.from({ length: LARGE }, () => directory.readSync());
      directory.closeSync();
      names = entries.map((entry) => entry?.name ?? "");
    };
    const { infos, lots } = await listedByTwo({ prepare });
    assert.ok(lots > 0, `${lots} lots`);
    assert.deepEqual(
      infos.map(({ name }) => name),
      names,
    );
  });

  void it("tells of each entry what one thread would", async () => {
    const prepare = (path: string): void => {
      for (let i = 0; i < 300; i += 1) fs.symlinkSync("somewhere", join(path, `link ${i}`));
      fs.mkdirSync(join(path, "directory"));
      for (const name of ["ü", ".belfry-0-0.part"]) fs.writeFileSync(join(path, name), "123");
    };
    const told = (infos: readonly FileInfo[]): readonly string[] =>
      infos.map(({ name, type, size, links, mode }) => [name, type, size, links, mode].join(" ")).toSorted();
    const given = { prepare, target: fs.statSync("/") };
    const { infos, lots } = await listedByTwo(given);
    assert.ok(lots > 0, `${lots} lots`);
    assert.deepEqual(told(infos), told(await listed({ ...given, count: LARGE })));
  });

  void it("tells nothing that was seen by a shortcut that has not held", async () => {
    const { infos, lots } = await listedByTwo({ shortcut: (prefix) => ({ prefix, holds: () => false }) });
    assert.ok(lots > 0, `${lots} lots`);
    assert.deepEqual(summary(infos), { names: LARGE, count: LARGE, sizes: [1] });
  });

  void it("tells what was seen by a shortcut that has held", async () => {
    const { infos } = await listedByTwo({ shortcut: (prefix) => ({ prefix, holds: () => true }) });
    assert.deepEqual(summary(infos), { names: LARGE, count: LARGE, sizes: [2] });
  });

  void it("goes on alone when the other thread ends", async () => {
    const code = `
      const { parentPort } = require("node:worker_threads");
      parentPort.on("message", () => process.exit());
    `;
    const { infos, lots } = await listedByTwo({}, { code });
    assert.ok(lots > 0, `${lots} lots`);
    assert.deepEqual(summary(infos), { names: LARGE, count: LARGE, sizes: [1] });
  });

  void it("waits for no thread that gives no answer", async () => {
    const code = 'require("node:worker_threads").parentPort.on("message", () => {});';
    const { infos, lots } = await listedByTwo({}, { code });
    assert.ok(lots > 0, `${lots} lots`);
    assert.deepEqual(summary(infos), { names: LARGE, count: LARGE, sizes: [1] });
  });

  void it("needs none where nothing but the names is wanted, or no shortcut can be taken", async () => {
    for (const given of [{ fields: [] }, { shortcut: () => null }]) {
      const { infos, lots } = await listedByTwo(given);
      assert.deepEqual([infos.length, lots], [LARGE, 0]);
    }
  });

  void it("leaves nothing behind when the loop is left", () =>
    withoutLeaks(async () => {
      const onBatch = (): never => {
        throw new Error("enough");
      };
      await assert.rejects(listedByTwo({ onBatch }), /enough/);
    }));
});
