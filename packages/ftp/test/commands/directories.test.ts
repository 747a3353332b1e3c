import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { StorageError } from "../../src/storage/storage-error.js";
import type { FileInfo } from "../../src/storage/storage.js";
import { FakeSession } from "./fake-session.js";
import { AbleStorage } from "./fake-storage.js";

/** Its directory `/d` can be looked at, but nothing in it. */
class ClosedStorage extends AbleStorage {
  override async stat(path: string): Promise<FileInfo> {
    if (path.startsWith("/d/")) throw new StorageError("no-permission", path);
    return super.stat(path);
  }
}

describe("DIRECTORY_VERBS", () => {
  it("change the working directory and tell it", async () => {
    const session = new FakeSession(new AbleStorage({ "/d": null, "/d/e f": null, "/a": "" }));
    assert.deepEqual(await session.codes("CWD d", "CWD e f"), [250, 250]);
    assert.equal((await session.command("PWD")).text, '"/d/e f" is the working directory');
    assert.deepEqual(await session.codes("CDUP", "CDUP", "CDUP"), [250, 250, 250]);
    assert.equal((await session.command("XPWD")).text, '"/" is the working directory');
  });

  it("stay where they are when there is no such directory", async () => {
    const session = new FakeSession(new AbleStorage({ "/d": null, "/a": "" }));
    assert.deepEqual(await session.codes("CWD d", "CWD /none", "CWD /a", "CWD ../../.."), [250, 550, 550, 250]);
    assert.equal(session.state.directory, "/");
  });

  it("stay out of a directory whose names may not be looked up", async () => {
    const session = new FakeSession(new ClosedStorage({ "/d": null, "/d/below": null, "/e": null }));
    session.storage.nodes.set("/d", { content: null, modified: 0, mode: 0o744 });
    session.storage.nodes.set("/e", { content: null, modified: 0, mode: 0o711 });
    assert.deepEqual(await session.codes("CWD d", "CWD d/below", "CWD e"), [550, 550, 250]);
    assert.equal(session.state.directory, "/e");
  });

  it("enter one that is closed to others", async () => {
    const session = new FakeSession(new AbleStorage({ "/d": null }));
    session.storage.nodes.set("/d", { content: null, modified: 0, mode: 0o700 });
    assert.deepEqual(await session.codes("CWD d"), [250]);
  });

  it("make and remove directories, and tell it", async () => {
    const session = new FakeSession(new AbleStorage({ "/d": null, "/d/a": "" }));
    assert.deepEqual(await session.command('MKD a"b'), { code: 257, text: '"/a""b" made' });
    assert.deepEqual(
      await session.codes("MKD d", "RMD d", "RMD none", "RMD d/a", 'RMD a"b'),
      [550, 550, 550, 550, 250],
    );
    assert.deepEqual(session.events, ['makeDirectory /a"b', 'removeDirectory /a"b']);
    assert.equal(session.hooks[0], 'makeDirectory /a"b');
  });

  it("have the names old clients use", async () => {
    const session = new FakeSession(new AbleStorage({ "/d": null }));
    assert.deepEqual(await session.codes("XMKD e", "XRMD e", "XCWD d", "XCUP"), [257, 250, 250, 250]);
  });
});
