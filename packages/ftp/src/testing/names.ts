import assert from "node:assert/strict";
import { assertFails, assertMissing, type Check, getText, having, listNames, put } from "./check.js";

const NAMES = [
  "with spaces",
  " leading and trailing ",
  "-dash",
  "--",
  "\"quotes\" and 'others'",
  "%s%n%00",
  "back\\slash",
  "star*?[a-z]",
  "...",
  ".hidden",
  "Größe 大小 🙂",
  // The same letters, composed and not: names compare by bytes.
  "é",
  "e\u0301",
  // Bytes that are not UTF-8.
  "caf\udce9",
  "\udcff\udc80",
  "a".repeat(255),
  "\udcff".repeat(255),
  "大".repeat(85),
];

/** Any name goes through unharmed. */
export function nameChecks(check: Check): void {
  check("every name can be written, listed, read and removed", async (storage) => {
    for (const [i, name] of NAMES.entries()) await put(storage, `/${name}`, String(i));
    assert.deepEqual(await listNames(storage, "/"), NAMES.toSorted());
    for (const [i, name] of NAMES.entries()) {
      assert.equal((await storage.stat(`/${name}`)).name, name);
      assert.equal(await getText(storage, `/${name}`), String(i));
      await storage.remove(`/${name}`);
    }
    assert.deepEqual(await listNames(storage, "/"), []);
  });

  check("every name can be that of a directory", async (storage) => {
    for (const name of NAMES) {
      await storage.makeDirectory(`/${name}`);
      await put(storage, `/${name}/${name}`, "1");
      assert.deepEqual(await listNames(storage, `/${name}`), [name]);
      await storage.remove(`/${name}/${name}`);
      await storage.removeDirectory(`/${name}`);
    }
  });

  check(
    "every name can be renamed",
    having("rename", async (storage) => {
      for (const name of NAMES) {
        await put(storage, "/x", name);
        await storage.rename("/x", `/${name}`);
        await storage.rename(`/${name}`, "/y");
        await assertMissing(storage, `/${name}`);
      }
    }),
  );

  check("a name of more than 255 bytes is refused", async (storage) => {
    for (const name of ["a".repeat(256), "大".repeat(86), "\udcff".repeat(256)]) {
      await assertFails(storage.openWrite(`/${name}`), "invalid-name", `/${name}`);
      await assertFails(storage.makeDirectory(`/${name}`), "invalid-name", `/${name}`);
      await assertFails(storage.stat(`/${name}`), "invalid-name", `/${name}`);
    }
  });

  check("a surrogate that stands for no byte is refused", async (storage) => {
    await assertFails(storage.openWrite("/a\ud800"), "invalid-name");
    await assertFails(storage.stat("/\udc41"), "invalid-name");
  });
}
