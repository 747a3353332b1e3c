import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { describe, it } from "node:test";
import { Client, FTPError } from "basic-ftp";
import { bytesOf, putFile, putTree, readContents, readTree, timeOf } from "./ftp/files.js";
import { ftpdSite, PASSWORD, USER } from "./ftp/site.js";

describe("basic-ftp with belfry ftpd", () => {
  const site = ftpdSite();
  const data = bytesOf(3_000_000);
  const remote = (name: string): string => join(site.root, name);
  const local = (name: string): string => join(site.local, name);
  const withClient = async (body: (client: Client) => Promise<void>): Promise<void> => {
    const client = new Client(10_000);
    try {
      await client.access({ host: site.host, port: site.port, user: USER, password: PASSWORD });
      await body(client);
    } finally {
      client.close();
    }
  };

  it("sends a file and gets it back", async () => {
    putFile(local("up.bin"), data);
    await withClient(async (client) => {
      await client.uploadFrom(local("up.bin"), "a b.bin");
      await client.downloadTo(local("down.bin"), "a b.bin");
    });
    assert.ok(readFileSync(remote("a b.bin")).equals(data));
    assert.ok(readFileSync(local("down.bin")).equals(data));
  });

  it("sends and gets directories with all that is below", async () => {
    putTree(local("here"), 60, 5);
    await withClient(async (client) => {
      await client.uploadFromDir(local("here"), "there");
      await client.downloadToDir(local("back"), "there");
    });
    assert.deepEqual(readContents(remote("there")), readContents(local("here")));
    assert.deepEqual(readContents(local("back")), readContents(local("here")));
  });

  it("goes on with transfers that were cut", async () => {
    putFile(remote("down.bin"), data);
    writeFileSync(local("down.bin"), data.subarray(0, 1_234_567));
    putFile(remote("up.bin"), data.subarray(0, 2_345_678));
    putFile(local("up.bin"), data);
    await withClient(async (client) => {
      await client.downloadTo(local("down.bin"), "down.bin", 1_234_567);
      await client.appendFrom(local("up.bin"), "up.bin", { localStart: await client.size("up.bin") });
    });
    assert.ok(readFileSync(local("down.bin")).equals(data));
    assert.ok(readFileSync(remote("up.bin")).equals(data));
  });

  it("lists names, types, sizes, times and modes", async () => {
    putFile(remote("pub/a.txt"), "abc", timeOf(1));
    putFile(remote("pub/in/b.txt"), "");
    await withClient(async (client) => {
      const listed = (await client.list("pub")).sort((a, b) => (a.name < b.name ? -1 : 1));
      assert.deepEqual(
        listed.map(({ name, isFile, isDirectory }) => [name, isFile, isDirectory]),
        [
          ["a.txt", true, false],
          ["in", false, true],
        ],
      );
      assert.equal(listed[0]?.size, 3);
      assert.deepEqual(listed[0]?.modifiedAt, timeOf(1));
      assert.deepEqual(listed[0]?.permissions, { user: 6, group: 4, world: 4 });
      assert.deepEqual(await client.lastMod("pub/a.txt"), timeOf(1));
    });
  });

  it("renames, makes and removes directories and files", async () => {
    putFile(remote("a.txt"), "abc");
    putFile(remote("old/deep/b.txt"), "abc");
    await withClient(async (client) => {
      await client.ensureDir("/new/deep");
      assert.equal(await client.pwd(), "/new/deep");
      await client.rename("/a.txt", "c.txt");
      await client.removeDir("/old");
      await client.cd("/");
      assert.deepEqual(Object.keys(readTree(site.root)), ["new/", "new/deep/", "new/deep/c.txt"]);
      await client.remove("new/deep/c.txt");
      await client.clearWorkingDir();
    });
    assert.deepEqual(readdirSync(site.root), []);
  });

  it("goes on in its session after a transfer that failed", async () => {
    await withClient(async (client) => {
      await assert.rejects(
        client.downloadTo(new Writable(), "none"),
        (error) => error instanceof FTPError && error.code === 550,
      );
      await client.uploadFrom(Readable.from(["abc"]), "a.txt");
    });
    assert.equal(readFileSync(remote("a.txt"), "utf8"), "abc");
  });
});
