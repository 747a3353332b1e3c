import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { diskStorage } from "../../src/storage/disk-storage.js";
import type { Storage, StorageAbilities } from "../../src/storage/storage.js";
import { assertFails, getText, listAll, listNames, put } from "../../src/testing/check.js";
import { whileSwapping } from "./swapper.js";
import { temporaryRoot } from "./temporary-root.js";

interface Ground {
  readonly storage: Storage & StorageAbilities;
  readonly root: string;
  readonly outside: string;
}

const SECRET = "a secret of another length";
const TRIES = 10_000;

/** A root, and beside it a directory that nobody may come to. */
function ground(way: "held" | "portable", body: (ground: Ground) => Promise<void>): () => Promise<void> {
  return async () => {
    const { root: around, stop } = temporaryRoot();
    try {
      const [root, outside] = [join(around, "root"), join(around, "root-outside")];
      for (const path of [root, outside, join(outside, "empty"), join(outside, "d")]) fs.mkdirSync(path);
      fs.writeFileSync(join(outside, "file"), SECRET);
      fs.writeFileSync(join(outside, "only outside"), SECRET);
      fs.writeFileSync(join(outside, "never inside"), SECRET);
      fs.writeFileSync(join(outside, "d", "file"), SECRET);
      const before = describeTree(outside);
      await body({ storage: diskStorage(root, { way }), root, outside });
      assert.deepEqual(describeTree(outside), before);
    } finally {
      stop();
    }
  };
}

/** Everything below a directory: names, contents, modes, times. */
function describeTree(path: string): readonly string[] {
  const stats = fs.lstatSync(path);
  const own = `${path} ${stats.mode.toString(8)} ${stats.mtimeMs} ${stats.nlink}`;
  if (!stats.isDirectory()) return [`${own} ${fs.readFileSync(path, "utf8")}`];
  return [own, ...fs.readdirSync(path).flatMap((name) => describeTree(join(path, name)))];
}

/** Every way in, through `path`, which is a directory or leads to one. */
function attempts(storage: Storage & StorageAbilities, path: string): readonly (() => Promise<unknown>)[] {
  const modified = Date.UTC(2000, 0, 1);
  return [
    () => storage.stat(`${path}/only outside`),
    () => getText(storage, `${path}/only outside`),
    () => storage.stat(`${path}/d/file`),
    () => listAll(storage, `${path}/d`),
    () => put(storage, `${path}/new`, "x"),
    () => put(storage, `${path}/only outside`, "x"),
    () => storage.openUpdate(`${path}/only outside`, { start: 0 }).then((writer) => writer.abort()),
    () => storage.openUpdate(`${path}/only outside`, { start: "end" }).then((writer) => writer.abort()),
    () => storage.remove(`${path}/only outside`),
    () => storage.makeDirectory(`${path}/made`),
    () => storage.removeDirectory(`${path}/empty`),
    () => storage.rename(`${path}/only outside`, "/mine"),
    () => storage.rename("/mine", `${path}/theirs`),
    () => storage.setTimes(`${path}/only outside`, { modified }),
    () => storage.setMode(`${path}/only outside`, 0o777),
    () => storage.space(`${path}/empty`),
  ];
}

for (const way of process.platform === "linux" ? (["held", "portable"] as const) : (["portable"] as const)) {
  void describe(`diskStorage, ${way}, links`, () => {
    void it(
      "nothing behind a link out of the root is there",
      ground(way, async ({ storage, root, outside }) => {
        fs.symlinkSync(outside, join(root, "absolute"));
        fs.symlinkSync("../root-outside", join(root, "relative"));
        fs.symlinkSync("relative", join(root, "twice"));
        fs.symlinkSync("..", join(root, "up"));
        await put(storage, "/mine", "x");
        for (const path of ["/absolute", "/relative", "/twice", "/up/root-outside"]) {
          for (const attempt of attempts(storage, path)) await assertFails(attempt(), "not-found");
        }
      }),
    );

    void it(
      "a link out of the root is as if it led nowhere",
      ground(way, async ({ storage, root, outside }) => {
        const targets = [outside, join(outside, "file"), join(outside, "nothing"), join(outside, "file", "below")];
        for (const target of targets) {
          fs.symlinkSync(target, join(root, "link"));
          const [info] = await listAll(storage, "/");
          assert.equal(info?.type, "link");
          assert.equal(info.size, 0);
          for (const path of ["/link", "/link/file", "/link/file/below"]) {
            await assertFails(storage.stat(path), "not-found", path);
            await assertFails(storage.openRead(path), "not-found", path);
            await assertFails(listAll(storage, path), "not-found", path);
            await assertFails(storage.openUpdate(path, { start: 0 }), "not-found");
          }
          await assertFails(storage.makeDirectory("/link"), "exists");
          await assertFails(storage.removeDirectory("/link"), "not-a-directory");
          await storage.remove("/link");
          assert.deepEqual(await listNames(storage, "/"), []);
        }
      }),
    );

    void it(
      "an upload to a link out of the root takes the place of the link",
      ground(way, async ({ storage, root, outside }) => {
        fs.symlinkSync(join(outside, "file"), join(root, "link"));
        await put(storage, "/link", "mine");
        assert.equal(fs.readFileSync(join(root, "link"), "utf8"), "mine");
        assert.ok(fs.lstatSync(join(root, "link")).isFile());
      }),
    );

    void it(
      "a link that stays below the root is what it leads to",
      ground(way, async ({ storage, root }) => {
        fs.mkdirSync(join(root, "d"));
        fs.writeFileSync(join(root, "d", "file"), "inside");
        fs.symlinkSync("d", join(root, "to d"));
        fs.symlinkSync(join(root, "d", "file"), join(root, "to file"));
        assert.equal((await storage.stat("/to d")).type, "directory");
        assert.equal(await getText(storage, "/to d/file"), "inside");
        assert.equal(await getText(storage, "/to file"), "inside");
        assert.deepEqual(await listNames(storage, "/to d"), ["file"]);
        const types = (await listAll(storage, "/")).map(({ name, type }) => `${name}: ${type}`);
        assert.deepEqual(types, ["d: directory", "to d: directory", "to file: file"]);
        await put(storage, "/to file", "changed");
        assert.equal(fs.readFileSync(join(root, "d", "file"), "utf8"), "changed");
        assert.ok(fs.lstatSync(join(root, "to file")).isSymbolicLink());
        await storage.rename("/to file", "/d/moved");
        assert.ok(fs.lstatSync(join(root, "d", "moved")).isSymbolicLink());
        await storage.remove("/to d");
        assert.equal(fs.readFileSync(join(root, "d", "file"), "utf8"), "changed");
      }),
    );

    void it(
      "a link that leads to itself is not there",
      ground(way, async ({ storage, root }) => {
        fs.symlinkSync("loop", join(root, "loop"));
        await assertFails(storage.stat("/loop"), "not-found");
        await assertFails(storage.stat("/loop/x"), "not-found");
        assert.equal((await listAll(storage, "/"))[0]?.type, "link");
      }),
    );
  });
}

void describe("diskStorage, links swapped in", { skip: process.platform !== "linux" }, () => {
  void it(
    `a directory that turns into a link out of the root lets nobody out in ${TRIES} tries`,
    ground("held", async ({ storage, root, outside }) => {
      fs.mkdirSync(join(root, "place"));
      fs.writeFileSync(join(root, "place", "file"), "inside");
      fs.writeFileSync(join(root, "mine"), "x");
      fs.symlinkSync(outside, join(root, "link"));
      const all = [...attempts(storage, "/place"), ...observations(storage)];
      const [come, gone] = [new Set<number>(), new Set<number>()];
      await whileSwapping(join(root, "place"), join(root, "link"), async () => {
        for (let i = 0; i < TRIES || come.size < 4 || gone.size < 8; i += 1) {
          const which = i % all.length;
          await all[which]?.().then(
            () => come.add(which),
            (error: unknown) => {
              if (error instanceof assert.AssertionError) throw error;
              gone.add(which);
            },
          );
        }
      });
    }),
  );

  void it(
    `a file that turns into a link out of the root is never what lies there in ${TRIES} tries`,
    ground("held", async ({ storage, root, outside }) => {
      fs.writeFileSync(join(root, "place"), "inside");
      fs.symlinkSync(join(outside, "file"), join(root, "link"));
      const modified = Date.UTC(2000, 0, 1);
      const all: readonly (() => Promise<unknown>)[] = [
        async () => assert.equal(await getText(storage, "/place"), "inside"),
        async () => assert.equal((await storage.stat("/place")).size, 6),
        async () => {
          for (const { name, type, size } of await listAll(storage, "/")) {
            if (name === "place" || name === "link") assert.equal(size, type === "file" ? 6 : 0, name);
          }
        },
        () => storage.setMode("/place", 0o600),
        () => storage.setTimes("/place", { modified }),
        () =>
          storage
            .openUpdate("/place", { start: 0 })
            .then((writer) => writer.write(Buffer.from("inside")).then(() => writer.commit())),
        () => storage.digest("/place", "MD5"),
      ];
      const counts = { come: 0, gone: 0 };
      await whileSwapping(join(root, "place"), join(root, "link"), async () => {
        for (let i = 0; i < TRIES || counts.come < 100 || counts.gone < 100; i += 1) {
          await all[i % all.length]?.().then(
            () => (counts.come += 1),
            (error: unknown) => {
              if (error instanceof assert.AssertionError) throw error;
              counts.gone += 1;
            },
          );
        }
      });
    }),
  );
});

/** What would tell of the outside, were it seen through `/place`. */
function observations(storage: Storage): readonly (() => Promise<unknown>)[] {
  return [
    async () => assert.equal(await getText(storage, "/place/file"), "inside"),
    async () => assert.notEqual(await getText(storage, "/place/only outside"), SECRET),
    async () => assert.notEqual((await storage.stat("/place/file")).size, SECRET.length),
    async () => {
      const all = await listAll(storage, "/place");
      assert.ok(all.every(({ name, size }) => name !== "never inside" && size !== SECRET.length));
    },
    async () => {
      const info = await storage.stat("/place/never inside").catch(() => null);
      assert.equal(info, null);
    },
  ];
}
