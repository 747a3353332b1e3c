import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { StorageError } from "../../src/storage/storage-error.js";
import { FakeSession } from "./fake-session.js";
import { AbleStorage, FakeStorage } from "./fake-storage.js";

function withFiles(
  files: { readonly [path: string]: string | null } = { "/a": "0123456789", "/d": null },
): FakeSession {
  const session = new FakeSession(new AbleStorage(files));
  session.state.form = { type: "I", mode: "S" };
  return session;
}

describe("RETR", () => {
  it("sends a file, and tells its size ahead", async () => {
    const session = withFiles();
    assert.deepEqual(await session.fetch("RETR a"), [226, "0123456789"]);
    assert.match(session.plan?.opening ?? "", /\(10 bytes\)$/);
    assert.deepEqual(session.hooks, ["download /a"]);
    assert.equal(session.storage.open, 0);
  });

  it("begins where REST says, once", async () => {
    const session = withFiles();
    assert.equal((await session.command("REST 6")).code, 350);
    assert.deepEqual(await session.fetch("RETR a"), [226, "6789"]);
    assert.deepEqual(await session.fetch("RETR a"), [226, "0123456789"]);
  });

  it("keeps the restart marker over NOOP and PASV", async () => {
    const session = withFiles();
    await session.codes("REST 6", "NOOP", "TYPE I", "PASV");
    assert.deepEqual(await session.fetch("RETR a"), [226, "6789"]);
  });

  it("sends nothing from the very end, and refuses what is past it with 554", async () => {
    const session = withFiles();
    await session.command("REST 10");
    assert.deepEqual(await session.fetch("RETR a"), [226, ""]);
    await session.command("REST 11");
    assert.deepEqual(await session.fetch("RETR a"), [554, ""]);
    assert.equal(session.storage.open, 0);
  });

  it("spends the restart marker also when it is refused", async () => {
    const session = withFiles();
    assert.deepEqual(await session.codes("REST 6", "RETR a"), [350, 425]);
    assert.deepEqual(await session.fetch("RETR a"), [226, "0123456789"]);
    await session.codes("REST 6");
    assert.deepEqual(await session.fetch("RETR gone"), [550, ""]);
    assert.deepEqual(await session.fetch("RETR a"), [226, "0123456789"]);
  });

  it("refuses a directory and what is not there with 550", async () => {
    const session = withFiles();
    assert.equal((await session.fetch("RETR d"))[0], 550);
    assert.equal((await session.fetch("RETR nothing"))[0], 550);
  });

  for (const [commands, start] of [
    [["TYPE I"], 0],
    [["TYPE I", "REST 4"], 4],
    [["TYPE A"], 0],
    [["TYPE I", "MODE Z"], 0],
  ] as const) {
    it(`says 451 after ${commands.join(", ")} of a file that has become shorter since it was opened`, async () => {
      const session = withFiles();
      for (const command of commands) await session.command(command);
      session.storage.lost = 3;
      const [code, received] = await session.fetch("RETR a");
      assert.equal(code, 451);
      if (!commands.some((command) => command === "MODE Z")) assert.equal(received, "0123456".slice(start));
      assert.equal(session.storage.open, 0);
    });
  }

  it("converts in TYPE A, and takes no marker there", async () => {
    const session = withFiles({ "/t": "one\ntwo\n" });
    await session.command("TYPE A");
    assert.deepEqual(await session.fetch("RETR t"), [226, "one\r\ntwo\r\n"]);
    assert.equal(session.plan?.opening, "Opening ASCII mode data connection");
    await session.command("REST 1");
    assert.deepEqual(await session.fetch("RETR t"), [554, ""]);
  });

  it("makes a digest of a whole file where that is wanted", async () => {
    const session = new FakeSession(new AbleStorage({ "/a": "abc" }), {}, { digests: true });
    await session.fetch("RETR a");
    assert.equal(session.plan?.digest?.(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    session.state.form = { type: "I", mode: "S" };
    await session.command("REST 1");
    await session.fetch("RETR a");
    assert.equal(session.plan?.digest?.(), null);
  });
});

describe("STOR", () => {
  it("stores a file, in place of one of that name", async () => {
    const session = withFiles();
    assert.equal((await session.upload("STOR a", "new")).code, 226);
    assert.equal((await session.upload("STOR b c", "other")).code, 226);
    assert.equal(session.storage.read("/a"), "new");
    assert.equal(session.storage.read("/b c"), "other");
    assert.deepEqual(session.hooks, ["upload /a", "upload /b c"]);
    assert.equal(session.storage.open, 0);
  });

  it("after REST writes into the file and leaves the rest of it", async () => {
    const session = withFiles();
    await session.command("REST 4");
    assert.equal((await session.upload("STOR a", "XY")).code, 226);
    assert.equal(session.storage.read("/a"), "0123XY6789");
  });

  it("refuses a marker past the end with 554", async () => {
    const session = withFiles();
    await session.command("REST 11");
    assert.equal((await session.upload("STOR a", "XY")).code, 554);
    assert.equal(session.storage.read("/a"), "0123456789");
  });

  it("refuses a marker with 504 where the storage cannot change files in place", async () => {
    const session = new FakeSession(new FakeStorage({ "/a": "0123" }));
    session.state.form = { type: "I", mode: "S" };
    await session.command("REST 1");
    assert.equal((await session.upload("STOR a", "XY")).code, 504);
  });

  it("gives 226 only once the file is in its place", async () => {
    const session = withFiles();
    session.storage.failure = null;
    const storing = session.upload("STOR a", "new");
    const { storage } = session;
    const openWrite = storage.openWrite.bind(storage);
    storage.openWrite = async (path, options) => {
      const writer = await openWrite(path, options);
      return { ...writer, commit: () => Promise.reject(new StorageError("no-space", path)) };
    };
    // Under way already, so that the next one meets the full storage.
    assert.equal((await storing).code, 452);
    assert.equal(storage.read("/a"), "0123456789");
  });

  it("tells a full storage and a used-up quota apart", async () => {
    for (const [code, expected] of [
      ["no-space", 452],
      ["over-quota", 552],
    ] as const) {
      const session = withFiles();
      session.storage.failure = new StorageError(code, "/b");
      assert.equal((await session.upload("STOR b", "x")).code, expected);
    }
  });

  it("makes new files only for who may create and not overwrite", async () => {
    const session = new FakeSession(new AbleStorage({ "/a": "old" }), { permissions: "upload" });
    session.state.form = { type: "I", mode: "S" };
    assert.equal((await session.upload("STOR b", "new")).code, 226);
    assert.equal((await session.upload("STOR a", "new")).code, 550);
    assert.equal((await session.upload("APPE a", "new")).code, 550);
    await session.command("REST 1");
    assert.equal((await session.upload("STOR a", "new")).code, 550);
    assert.equal(session.storage.read("/a"), "old");
  });

  it("replaces files only for who may overwrite and not create", async () => {
    const session = new FakeSession(new AbleStorage({ "/a": "old" }), { permissions: ["overwrite"] });
    assert.equal((await session.upload("STOR a", "new")).code, 226);
    assert.equal((await session.upload("STOR b", "new")).code, 550);
    assert.equal(session.storage.read("/a"), "new");
    assert.equal(session.storage.read("/b"), undefined);
  });

  it("refuses a directory's name, and a directory that is not there, with 550", async () => {
    const session = withFiles();
    assert.equal((await session.upload("STOR d", "x")).code, 550);
    assert.equal((await session.upload("STOR none/x", "x")).code, 550);
  });

  it("stores text in TYPE A with the storage's line ends", async () => {
    const session = withFiles();
    await session.command("TYPE A");
    await session.upload("STOR t", "one\r\ntwo\r\n");
    assert.equal(session.storage.read("/t"), "one\ntwo\n");
  });
});

describe("STOU", () => {
  it("makes up a name, and tells it in 150", async () => {
    const session = withFiles();
    assert.equal((await session.upload("STOU", "x")).code, 226);
    const name = /^FILE: (ftp\.\w+)$/.exec(session.plan?.opening ?? "")?.[1];
    assert.equal(session.storage.read(`/${name}`), "x");
  });

  it("makes the name from one it is given", async () => {
    const session = withFiles();
    await session.upload("STOU d/b", "1");
    assert.match(session.plan?.opening ?? "", /^FILE: \/d\/b\.\w+$/);
    assert.equal(session.storage.read(session.plan?.path ?? ""), "1");
  });

  it("never gives one name to two uploads", async () => {
    const session = withFiles();
    session.data.isReady = true;
    await Promise.all([session.command("STOU n"), session.command("STOU n"), session.command("STOU n")]);
    assert.equal([...session.storage.nodes.keys()].filter((path) => path.startsWith("/n")).length, 3);
  });

  it("takes no restart marker", async () => {
    const session = withFiles();
    await session.command("REST 1");
    assert.equal((await session.upload("STOU", "x")).code, 554);
  });
});

describe("APPE", () => {
  it("adds to a file, and makes one where there is none", async () => {
    const session = withFiles();
    assert.equal((await session.upload("APPE a", "ab")).code, 226);
    assert.equal(session.plan?.start, 10);
    assert.equal((await session.upload("APPE b", "new")).code, 226);
    assert.equal(session.storage.read("/a"), "0123456789ab");
    assert.equal(session.storage.read("/b"), "new");
  });

  it("is not there where the storage cannot", async () => {
    const session = new FakeSession(new FakeStorage({ "/a": "1" }));
    assert.equal((await session.upload("APPE a", "2")).code, 502);
  });
});

describe("REST", () => {
  it("takes whole numbers a file's size can be, and nothing else", async () => {
    const session = withFiles();
    const refused = ["-1", "abc", "9007199254740992", "99999999999999999999", "1e3", "1.5", " 1", "0x10"];
    assert.deepEqual(await session.codes("REST 0", "REST 9007199254740991"), [350, 350]);
    assert.deepEqual(new Set(await session.codes(...refused.map((each) => `REST ${each}`))), new Set([501]));
  });
});

describe("ALLO", () => {
  it("is superfluous", async () => {
    assert.deepEqual(await withFiles().codes("ALLO 5", "ALLO 5 R 6", "ALLO x"), [202, 202, 501]);
  });
});

describe("ABOR", () => {
  it("answers 225 where there was nothing to stop, and 226 where there was", async () => {
    const session = withFiles();
    assert.equal((await session.command("ABOR")).code, 225);
    await session.fetch("RETR a");
    assert.ok(session.plan !== null);
    const progress = { signal: session.signal, bytes: 3 };
    session.transfer = { plan: session.plan, progress, since: Date.now() };
    assert.equal((await session.command("ABOR")).code, 226);
  });
});
