import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { describe, it } from "node:test";
import { diskStorage } from "../../src/storage/disk-storage.js";
import { memoryStorage } from "../../src/storage/memory-storage.js";
import { get, put, withFtp } from "../support/with-ftp.js";
import { onDisk } from "./on-disk.js";

const MIB = 1 << 20;

describe("A full disk", () => {
  it("is told with 452; the old file stays and the session goes on", (t) => {
    const mount = fs.mkdtempSync(join(tmpdir(), "belfry-full-"));
    const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "belfry-test", mount]);
    if (status !== 0) {
      fs.rmdirSync(mount);
      t.skip("no file system can be mounted here");
      return undefined;
    }
    return withFtp({ files: diskStorage(mount) }, async ({ login, storage }) => {
      await put(storage, "/file", "old");
      const probe = await login();
      assert.match(await probe.store("STOR file", Buffer.alloc(4 * MIB)), /^452 /);
      assert.equal(await get(storage, "/file"), "old");
      assert.deepEqual(fs.readdirSync(mount), ["file"]);
      assert.match(await probe.store("STOR file", "new"), /^226 /);
      assert.equal(await get(storage, "/file"), "new");
    }).finally(() => {
      spawnSync("umount", [mount]);
      fs.rmdirSync(mount);
    });
  });

  it("is told with 452 by memory that is full", () =>
    withFtp({ files: memoryStorage({ maxBytes: MIB }) }, async ({ login, storage }) => {
      await put(storage, "/file", "old");
      const probe = await login();
      assert.match(await probe.store("STOR file", Buffer.alloc(4 * MIB)), /^452 /);
      assert.equal(await get(storage, "/file"), "old");
      assert.match(await probe.store("STOR file", "new"), /^226 /);
    }));
});

describe("Files that others change", () => {
  it("a working directory that vanishes is told with 550, and one can leave it", () =>
    onDisk(async ({ root, login }) => {
      fs.mkdirSync(join(root, "d"));
      const probe = await login();
      await probe.say("CWD d");
      fs.rmdirSync(join(root, "d"));
      for (const verb of ["LIST", "NLST", "MLSD", "RETR x"]) await assert.rejects(probe.fetch(verb), /550 /, verb);
      for (const verb of ["MKD x", "DELE x", "MLST"]) assert.match(await probe.say(verb), /^550 /, verb);
      assert.match(await probe.store("STOR x", "x"), /^550 /);
      assert.match(await probe.say("PWD"), /^257 "\/d"/);
      assert.match(await probe.say("CDUP"), /^250 /);
      assert.equal(String(await probe.fetch("NLST")), "");
    }));

  it("a pipe or a device is no plain file, whatever is done with it", { skip: process.platform === "win32" }, () =>
    onDisk(async ({ root, login }) => {
      execFileSync("mkfifo", [join(root, "pipe")]);
      fs.symlinkSync("pipe", join(root, "link"));
      const probe = await login();
      await probe.say("TYPE I");
      for (const name of ["pipe", "link"]) {
        assert.match(await probe.say(`SIZE ${name}`), /^550 Not a plain file/);
        await assert.rejects(probe.fetch(`RETR ${name}`), { message: "550 Not a plain file" });
        for (const verb of ["STOR", "APPE"]) {
          assert.equal(await probe.store(`${verb} ${name}`, "x"), "550 Not a plain file", verb);
        }
        await probe.say("REST 1");
        assert.equal(await probe.store(`STOR ${name}`, "x"), "550 Not a plain file");
      }
    }),
  );

  it("an upload whose directory vanishes fails, and the session goes on", () =>
    onDisk(async ({ root, login }) => {
      fs.mkdirSync(join(root, "d"));
      const probe = await login();
      const data = await probe.data();
      probe.send("STOR d/x\r\n");
      await probe.next();
      fs.rmSync(join(root, "d"), { recursive: true });
      data.end("x");
      assert.match(await probe.next(), /^(?:550|451) /);
      assert.match(await probe.say("NOOP"), /^200 /);
      assert.deepEqual(fs.readdirSync(root), []);
    }));

  for (const [what, change] of [
    ["grows", (path: string): void => fs.appendFileSync(path, Buffer.alloc(MIB, "b"))],
    ["shrinks", (path: string): void => fs.truncateSync(path, 20 * MIB)],
    ["is replaced", (path: string): void => replace(path)],
    ["is removed", (path: string): void => fs.unlinkSync(path)],
  ] as const) {
    it(`a file that ${what} while it is sent is sent to its end, and its reply says whether that is all`, () =>
      onDisk(async ({ root, login, service }) => {
        const told: boolean[] = [];
        service.on("download", ({ isComplete }) => told.push(isComplete));
        const path = join(root, "file");
        fs.writeFileSync(path, Buffer.alloc(24 * MIB, "a"));
        const probe = await login();
        await probe.say("TYPE I");
        const data = await probe.data();
        probe.send("RETR file\r\n");
        assert.match(await probe.next(), /^150 /);
        data.pause();
        await once(data, "readable");
        change(path);
        const all = await buffer(data);
        data.destroy();
        assert.match(await probe.next(), what === "shrinks" ? /^451 / : /^226 /);
        assert.deepEqual(told, [what !== "shrinks"]);
        const old = all.indexOf("b") < 0 ? all.length : all.indexOf("b");
        assert.equal(
          all.length > old,
          what === "grows" && all.length > 24 * MIB,
          "it is what was there, and what was added",
        );
        if (what === "shrinks") assert.ok(old >= 20 * MIB);
        else assert.equal(old, 24 * MIB);
        assert.match(await probe.say("NOOP"), /^200 /);
      }));
  }
});

function replace(path: string): void {
  fs.writeFileSync(`${path}.new`, "b".repeat(MIB));
  fs.renameSync(`${path}.new`, path);
}
