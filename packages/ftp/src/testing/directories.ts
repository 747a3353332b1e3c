import assert from "node:assert/strict";
import { assertFails, assertMissing, type Check, getText, having, listNames, put } from "./check.js";

/** Files and directories come, go and move. */
export function directoryChecks(check: Check): void {
  check("remove() takes a file away", async (storage) => {
    await put(storage, "/f", "1");
    await storage.remove("/f");
    await assertMissing(storage, "/f");
    await assertFails(storage.remove("/f"), "not-found", "/f");
  });

  check("remove() of a directory says so", async (storage) => {
    await storage.makeDirectory("/d");
    await assertFails(storage.remove("/d"), "is-a-directory", "/d");
    await assertFails(storage.remove("/"), "is-a-directory", "/");
  });

  check("makeDirectory() makes one, within another too", async (storage) => {
    await storage.makeDirectory("/a");
    await storage.makeDirectory("/a/b");
    await put(storage, "/a/b/f", "1");
    assert.deepEqual(await listNames(storage, "/a"), ["b"]);
    assert.deepEqual(await listNames(storage, "/a/b"), ["f"]);
  });

  check("makeDirectory() takes no name that is taken, and needs the directory around it", async (storage) => {
    await put(storage, "/f", "1");
    await storage.makeDirectory("/d");
    await assertFails(storage.makeDirectory("/f"), "exists", "/f");
    await assertFails(storage.makeDirectory("/d"), "exists", "/d");
    await assertFails(storage.makeDirectory("/"), "exists", "/");
    await assertFails(storage.makeDirectory("/x/y"), "not-found", "/x/y");
  });

  check("removeDirectory() takes an empty one away", async (storage) => {
    await storage.makeDirectory("/d");
    await storage.removeDirectory("/d");
    await assertMissing(storage, "/d");
  });

  check("removeDirectory() takes nothing else away", async (storage) => {
    await storage.makeDirectory("/d");
    await put(storage, "/d/f", "1");
    await assertFails(storage.removeDirectory("/d"), "not-empty", "/d");
    await assertFails(storage.removeDirectory("/d/f"), "not-a-directory", "/d/f");
    await assertFails(storage.removeDirectory("/x"), "not-found", "/x");
    await assertFails(storage.removeDirectory("/"), "no-permission", "/");
    assert.equal(await getText(storage, "/d/f"), "1");
  });
}

/** For a storage that can rename. */
export function renameChecks(check: Check): void {
  check(
    "rename() moves a file, also over another",
    having("rename", async (storage) => {
      await storage.makeDirectory("/d");
      await put(storage, "/a", "a");
      await put(storage, "/d/b", "b");
      await storage.rename("/a", "/c");
      assert.equal(await getText(storage, "/c"), "a");
      await storage.rename("/c", "/d/b");
      assert.equal(await getText(storage, "/d/b"), "a");
      assert.deepEqual(await listNames(storage, "/"), ["d"]);
    }),
  );

  check(
    "rename() moves a directory with what is in it",
    having("rename", async (storage) => {
      await storage.makeDirectory("/a");
      await put(storage, "/a/f", "1");
      await storage.makeDirectory("/b");
      await storage.rename("/a", "/b/c");
      assert.equal(await getText(storage, "/b/c/f"), "1");
      await assertMissing(storage, "/a");
    }),
  );

  check(
    "rename() puts nothing in the place of a directory, and no directory in the place of a file",
    having("rename", async (storage) => {
      await storage.makeDirectory("/d");
      await storage.makeDirectory("/e");
      await put(storage, "/f", "1");
      await assertFails(storage.rename("/f", "/d"), "exists");
      await assertFails(storage.rename("/e", "/d"), "exists");
      await assertFails(storage.rename("/e", "/f"), "exists");
      await assertFails(storage.rename("/f", "/"), "exists");
      assert.deepEqual(await listNames(storage, "/"), ["d", "e", "f"]);
    }),
  );

  check(
    "rename() puts no directory into itself",
    having("rename", async (storage) => {
      await storage.makeDirectory("/d");
      await storage.makeDirectory("/d/e");
      await assertFails(storage.rename("/d", "/d/x"), "invalid-name");
      await assertFails(storage.rename("/d", "/d/e/x"), "invalid-name");
      assert.deepEqual(await listNames(storage, "/d"), ["e"]);
    }),
  );

  check(
    "rename() needs what is moved and where to",
    having("rename", async (storage) => {
      await put(storage, "/f", "1");
      await assertFails(storage.rename("/x", "/y"), "not-found");
      await assertFails(storage.rename("/f", "/x/y"), "not-found");
      await assertFails(storage.rename("/", "/y"), "no-permission");
      await storage.rename("/f", "/f");
      assert.equal(await getText(storage, "/f"), "1");
    }),
  );
}
