import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { describe, it, mock } from "node:test";
import { countDescriptors, until } from "@belfry/testkit";
import { diskStorage } from "../../src/storage/disk-storage.js";
import type { DiskStorageOptions } from "../../src/storage/disk-storage-options.js";
import type { Storage, StorageAbilities } from "../../src/storage/storage.js";
import type { StorageErrorCode } from "../../src/storage/storage-error.js";
import {
  assertFails,
  assertMissing,
  assertSameBytes,
  get,
  getText,
  listAll,
  listNames,
  noise,
  put,
} from "../../src/testing/check.js";
import { temporaryRoot } from "./temporary-root.js";

type Disk = Storage & StorageAbilities;

/** Runs a body with a fresh root, and sees that no descriptor stays open. */
function onDisk(
  options: DiskStorageOptions,
  body: (storage: Disk, root: string) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const { root, stop } = temporaryRoot();
    const before = countDescriptors() ?? 0;
    try {
      await body(diskStorage(root, options), root);
      await until(() => (countDescriptors() ?? 0) <= before);
    } finally {
      mock.restoreAll();
      stop();
    }
  };
}

const HOURS = 3600;
const OLD = ".belfry-0123456789ab-1.part";

/** What a process has left that was killed a day ago, or just now. */
function leave(directory: string, name: string, age: number): void {
  const path = join(directory, name);
  fs.writeFileSync(path, "half");
  const time = Date.now() / 1000 - age;
  fs.utimesSync(path, time, time);
}

void describe("diskStorage", () => {
  void it(
    "setTimes() sets times before 1970, too",
    onDisk({}, async (storage) => {
      await put(storage, "/f", "x");
      const modified = Date.UTC(1960, 0, 1);
      await storage.setTimes("/f", { modified });
      assert.equal((await storage.stat("/f")).modified, modified);
    }),
  );

  void it("refuses a root that is no directory", () => {
    const { root, stop } = temporaryRoot();
    try {
      fs.writeFileSync(join(root, "file"), "");
      assert.throws(() => diskStorage(join(root, "nothing")), /^Error: Cannot use ".*nothing" as a root: ENOENT$/);
      assert.throws(() => diskStorage(join(root, "file")), /^Error: Cannot use ".*file" as a root: ENOTDIR$/);
    } finally {
      stop();
    }
  });

  void it("takes a root by a link to it", async () => {
    const { root, stop } = temporaryRoot();
    try {
      fs.mkdirSync(join(root, "real"));
      fs.symlinkSync("real", join(root, "link"));
      const storage = diskStorage(join(root, "link"));
      await put(storage, "/f", "1");
      assert.equal(fs.readFileSync(join(root, "real", "f"), "utf8"), "1");
    } finally {
      stop();
    }
  });

  void it(
    "finds nothing once the root itself has become a link elsewhere",
    onDisk({}, async (_, around) => {
      const root = join(around, "root");
      fs.mkdirSync(root);
      const storage = diskStorage(root);
      fs.mkdirSync(join(around, "other"));
      fs.writeFileSync(join(around, "other", "f"), "other");
      fs.rmdirSync(root);
      fs.symlinkSync("other", root);
      await assertFails(storage.stat("/f"), "not-found");
      await assertFails(storage.stat("/"), "not-found");
    }),
  );

  void it(
    "tells mode, owner and links",
    onDisk({ owners: "numeric" }, async (storage, root) => {
      fs.writeFileSync(join(root, "f"), "1", { mode: 0o640 });
      fs.chmodSync(join(root, "f"), 0o640);
      fs.linkSync(join(root, "f"), join(root, "g"));
      const { mode, owner, group, links, unique } = await storage.stat("/f");
      const { uid, gid } = fs.statSync(join(root, "f"));
      assert.deepEqual(
        { mode, owner, group, links },
        { mode: 0o640, owner: String(uid), group: String(gid), links: 2 },
      );
      assert.equal(unique, (await storage.stat("/g")).unique);
    }),
  );

  void it(
    "tells names of owners when asked to",
    onDisk({ owners: "names" }, async (storage) => {
      const expected = execFileSync("id", ["-un"], { encoding: "utf8" }).trim();
      assert.equal((await storage.stat("/")).owner, expected);
    }),
  );

  void it(
    "is changed by nobody when it is read-only",
    onDisk({ readOnly: true }, async (storage, root) => {
      fs.writeFileSync(join(root, "f"), "1");
      fs.mkdirSync(join(root, "d"));
      const changes: readonly Promise<unknown>[] = [
        storage.openWrite("/g"),
        storage.openWrite("/f"),
        storage.openUpdate("/f", { start: 0 }),
        storage.remove("/f"),
        storage.remove("/"),
        storage.makeDirectory("/e"),
        storage.removeDirectory("/d"),
        storage.rename("/f", "/g"),
        storage.setTimes("/f", { modified: 0 }),
        storage.setMode("/f", 0o600),
      ];
      for (const change of changes) await assertFails(change, "no-permission");
      assert.equal(await getText(storage, "/f"), "1");
      assert.deepEqual(await listNames(storage, "/"), ["d", "f"]);
    }),
  );

  void it(
    "gives new files and directories what the umask leaves, whatever that of the process is",
    onDisk({ umask: 0o002 }, async (storage, root) => {
      await put(storage, "/f", "1");
      await storage.makeDirectory("/d");
      await storage.openUpdate("/g", { start: 0 }).then((writer) => writer.commit());
      const modes = ["f", "d", "g"].map((name) => fs.statSync(join(root, name)).mode & 0o777);
      assert.deepEqual(modes, [0o664, 0o775, 0o664]);
      assert.throws(() => diskStorage(root, { umask: 0o1000 }), RangeError);
    }),
  );

  void it(
    "keeps the mode of a file that is replaced",
    onDisk({}, async (storage, root) => {
      for (const mode of [0o600, 0o777, 0o644]) {
        fs.writeFileSync(join(root, "f"), "old");
        fs.chmodSync(join(root, "f"), mode);
        await put(storage, "/f", "new");
        assert.equal(fs.statSync(join(root, "f")).mode & 0o7777, mode);
      }
    }),
  );

  void it(
    "writes through to the disk when asked to",
    onDisk({ fsync: true }, async (storage, root) => {
      const synced = mock.method(fs, "fsync");
      await put(storage, "/f", "1");
      // The file, then the directory that has its name.
      assert.equal(synced.mock.callCount(), 2);
      assert.equal(fs.readFileSync(join(root, "f"), "utf8"), "1");
    }),
  );

  void it(
    "opens neither pipes nor devices",
    { skip: process.platform === "win32" },
    onDisk({}, async (storage, root) => {
      execFileSync("mkfifo", [join(root, "pipe")]);
      assert.equal((await storage.stat("/pipe")).type, "other");
      await assertFails(storage.openRead("/pipe"), "not-supported");
      await assertFails(storage.openWrite("/pipe"), "not-supported");
      await assertFails(storage.openUpdate("/pipe", { start: 0 }), "not-supported");
      await storage.remove("/pipe");
    }),
  );
});

void describe("diskStorage, hidden files", () => {
  void it(
    "an upload is hidden by name, and its name is not to be had",
    onDisk({}, async (storage, root) => {
      const writer = await storage.openWrite("/f");
      await writer.write(Buffer.from("half"));
      const [hidden] = fs.readdirSync(root);
      assert.match(hidden ?? "", /^\.belfry-[0-9a-f]{12}-[0-9a-z]+\.part$/);
      await assertMissing(storage, `/${hidden}`);
      await assertFails(storage.openRead(`/${hidden}`), "not-found");
      await assertFails(storage.remove(`/${hidden}`), "invalid-name");
      await assertFails(storage.openWrite(`/${hidden}`), "invalid-name");
      await assertFails(storage.rename(`/${hidden}`, "/mine"), "invalid-name");
      await writer.commit();
      await assertFails(storage.rename("/f", `/${OLD}`), "invalid-name");
      await assertFails(storage.makeDirectory(`/${OLD}`), "invalid-name");
      assert.deepEqual(fs.readdirSync(root), ["f"]);
    }),
  );

  void it(
    "an upload whose directory is moved out of the root does not follow it",
    onDisk({}, async (_, around) => {
      const [root, outside] = [join(around, "root"), join(around, "outside")];
      fs.mkdirSync(join(root, "d"), { recursive: true });
      const storage = diskStorage(root);
      const writer = await storage.openWrite("/d/f");
      await writer.write(Buffer.from("1"));
      fs.renameSync(join(root, "d"), outside);
      await assertFails(writer.commit(), "not-found", "/d/f");
      assert.deepEqual(fs.readdirSync(outside).includes("f"), false);
    }),
  );

  void it(
    "what a killed process has left goes when the directory is listed",
    onDisk({}, async (storage, root) => {
      leave(root, OLD, 24 * HOURS);
      leave(root, ".belfry-0123456789ab-2.part", 0);
      assert.deepEqual(await listAll(storage, "/"), []);
      assert.deepEqual(fs.readdirSync(root), [".belfry-0123456789ab-2.part"]);
    }),
  );

  void it(
    "what a killed process has left goes when something is uploaded there",
    onDisk({}, async (storage, root) => {
      leave(root, OLD, 24 * HOURS);
      await put(storage, "/f", "1");
      await until(() => fs.readdirSync(root).length === 1);
      assert.deepEqual(fs.readdirSync(root), ["f"]);
    }),
  );

  void it(
    "what a killed process has left keeps no directory from being removed, an upload does",
    onDisk({}, async (storage, root) => {
      fs.mkdirSync(join(root, "d"));
      leave(join(root, "d"), OLD, 24 * HOURS);
      const writer = await storage.openWrite("/d/f");
      await assertFails(storage.removeDirectory("/d"), "not-empty");
      await writer.abort();
      leave(join(root, "d"), OLD, 24 * HOURS);
      await storage.removeDirectory("/d");
      assert.deepEqual(fs.readdirSync(root), []);
    }),
  );
});

void describe("diskStorage, trouble", () => {
  void it(
    "a full disk fails the write, and the old file stays",
    onDisk({}, async (storage, root) => {
      const codes: readonly (readonly [string, StorageErrorCode])[] = [
        ["ENOSPC", "no-space"],
        ["EDQUOT", "over-quota"],
        ["EIO", "failed"],
      ];
      for (const [code, expected] of codes) {
        await put(storage, "/f", "old");
        const writer = await storage.openWrite("/f");
        await writer.write(Buffer.from("half"));
        failBothWays("write", code);
        await assertFails(writer.write(Buffer.from("more")), expected, "/f");
        mock.restoreAll();
        await assertFails(writer.write(Buffer.from("more")), expected);
        await assertFails(writer.commit(), expected);
        await writer.abort();
        assert.equal(await getText(storage, "/f"), "old");
        assert.deepEqual(fs.readdirSync(root), ["f"]);
      }
    }),
  );

  void it(
    "a file in place keeps what came before the failure and has no gap",
    onDisk({}, async (storage) => {
      await put(storage, "/f", "12");
      const writer = await storage.openUpdate("/f", { start: "end" });
      await writer.write(Buffer.from("34"));
      failBothWays("write", "ENOSPC");
      const running = ["56", "78", "90"].map((text) => writer.write(Buffer.from(text)));
      for (const { status } of await Promise.allSettled(running)) assert.equal(status, "rejected");
      mock.restoreAll();
      await writer.abort();
      assert.equal(await getText(storage, "/f"), "1234");
    }),
  );

  void it(
    "a write that takes only a part goes on with the rest",
    onDisk({}, async (storage) => {
      const bytes = noise(100_000);
      const { write, writev } = fs;
      mock.method(fs, "write", ((fd: number, data: Uint8Array, ...rest: [number, number, number, () => void]) => {
        const [at, length, position, done] = rest;
        write(fd, data, at, Math.max(1, Math.floor(length / 3)), position, done);
      }) as unknown as typeof fs.write);
      mock.method(fs, "writev", ((fd: number, all: Uint8Array[], position: number, done: () => void) => {
        writev(fd, [all[0]?.subarray(0, 700) ?? new Uint8Array(0)], position, done);
      }) as unknown as typeof fs.writev);
      const writer = await storage.openWrite("/f");
      const running: Promise<void>[] = [];
      for (let at = 0; at < bytes.length; at += 1000) running.push(writer.write(bytes.subarray(at, at + 1000)));
      await Promise.all(running);
      await writer.commit();
      mock.restoreAll();
      assertSameBytes(await get(storage, "/f"), bytes);
    }),
  );

  void it(
    "without descriptors it says too-many",
    onDisk({ way: "portable" }, async (storage, root) => {
      fs.writeFileSync(join(root, "f"), "1");
      failBothWays("open", "EMFILE");
      await assertFails(storage.openRead("/f"), "too-many", "/f");
      await assertFails(storage.openWrite("/f"), "too-many", "/f");
      mock.restoreAll();
    }),
  );

  void it(
    "a read that fails rejects, and the reader closes",
    onDisk({}, async (storage, root) => {
      fs.writeFileSync(join(root, "f"), noise(5_000_000));
      const reader = await storage.openRead("/f");
      const iterator = reader[Symbol.asyncIterator]();
      await iterator.next();
      failBothWays("read", "EIO");
      await assertFails(drain(iterator), "failed", "/f");
      assert.equal((await iterator.next()).done, true);
      await reader.close();
    }),
  );

  void it(
    "a file that grows while it is read ends no earlier than it did",
    onDisk({}, async (storage, root) => {
      const bytes = noise(6_000_000);
      fs.writeFileSync(join(root, "f"), bytes.subarray(0, 3_000_000));
      const reader = await storage.openRead("/f");
      const chunks: Uint8Array[] = [];
      for await (const chunk of reader) {
        if (chunks.length === 0) fs.appendFileSync(join(root, "f"), bytes.subarray(3_000_000));
        chunks.push(Uint8Array.from(chunk));
      }
      await reader.close();
      const got = Buffer.concat(chunks);
      assert.ok(got.length >= 3_000_000);
      assertSameBytes(got, bytes.subarray(0, got.length));
    }),
  );

  void it(
    "a file that shrinks while it is read ends there",
    onDisk({}, async (storage, root) => {
      const bytes = noise(9_000_000);
      fs.writeFileSync(join(root, "f"), bytes);
      const reader = await storage.openRead("/f");
      const chunks: Uint8Array[] = [];
      for await (const chunk of reader) {
        if (chunks.length === 0) fs.truncateSync(join(root, "f"), 5_000_000);
        chunks.push(Uint8Array.from(chunk));
      }
      await reader.close();
      assertSameBytes(Buffer.concat(chunks), bytes.subarray(0, 5_000_000));
    }),
  );

  void it(
    "a reader that is closed while it reads lends its buffer to nobody else",
    onDisk({}, async (storage, root) => {
      const bytes = noise(3_000_000);
      fs.writeFileSync(join(root, "f"), bytes);
      for (let i = 0; i < 50; i += 1) {
        const reader = await storage.openRead("/f");
        const pending = reader[Symbol.asyncIterator]().next();
        await Promise.all([reader.close(), pending]);
        assert.equal((await pending).done, true);
      }
      const all = await Promise.all(Array.from({ length: 8 }, () => get(storage, "/f")));
      for (const got of all) assertSameBytes(got, bytes);
    }),
  );

  for (const way of ["held", "portable"] as const) {
    void it(
      `what may not be looked into or changed says so, unless a link leads there (${way})`,
      { skip: process.platform !== "linux" },
      onDisk({ way }, async (storage, root) => {
        fs.mkdirSync(join(root, "shut", "d"), { recursive: true });
        fs.writeFileSync(join(root, "shut", "f"), "1");
        fs.writeFileSync(join(root, "unreadable"), "1");
        fs.symlinkSync("shut", join(root, "link"));
        fs.chmodSync(join(root, "unreadable"), 0);
        fs.chmodSync(join(root, "shut"), 0);
        await asNobody(root, async () => {
          await assertFails(storage.stat("/link/f"), "not-found");
          await assertFails(listAll(storage, "/link/d"), "not-found");
          await assertFails(storage.stat("/shut/f"), way === "held" ? "no-permission" : "not-found");
          await assertFails(listAll(storage, "/shut"), "no-permission");
          await assertFails(storage.openRead("/unreadable"), "no-permission");
          assert.deepEqual(await listNames(storage, "/"), ["link", "shut", "unreadable"]);
        });
        fs.chmodSync(join(root, "shut"), 0o444);
        await asNobody(root, async () => {
          // Names may be read, but nothing about them.
          assert.deepEqual(await listAll(storage, "/shut"), [
            { name: "d", type: "directory", size: 0, modified: 0 },
            { name: "f", type: "file", size: 0, modified: 0 },
          ]);
        });
        fs.chmodSync(join(root, "shut"), 0o555);
        await asNobody(root, async () => {
          await assertFails(storage.openWrite("/shut/g"), "no-permission");
          await assertFails(storage.makeDirectory("/shut/g"), "no-permission");
          await assertFails(storage.remove("/shut/f"), "no-permission");
        });
        fs.chmodSync(join(root, "shut"), 0o755);
      }),
    );
  }
});

/** For root nothing is forbidden, so the body runs as somebody to whom `root` belongs and who may little else. */
async function asNobody(root: string, body: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) return body();
  const nobody = 65_534;
  fs.chownSync(root, nobody, nobody);
  for (const name of fs.readdirSync(root)) fs.lchownSync(join(root, name), nobody, nobody);
  process.seteuid?.(nobody);
  try {
    await body();
  } finally {
    process.seteuid?.(0);
  }
}

/** Makes a call fail, through the thread pool and at once. */
function failBothWays(call: "open" | "read" | "write", code: string): void {
  mock.method(fs, call, failWith(code));
  mock.method(fs, `${call}Sync`, () => {
    throw Object.assign(new Error(code), { code });
  });
}

/** A stand-in for a call of `node:fs` whose last argument is told of an error. */
function failWith(code: string): never {
  return ((...all: unknown[]) => {
    const done = all.at(-1) as (error: Error) => void;
    setImmediate(done, Object.assign(new Error(`it is ${code}`), { code }));
  }) as never;
}

async function drain(iterator: AsyncIterator<Uint8Array>): Promise<void> {
  while ((await iterator.next()).done !== true);
}
