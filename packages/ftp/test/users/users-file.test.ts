import assert from "node:assert/strict";
import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { memoryStorage } from "../../src/storage/memory-storage.js";
import { hashPassword } from "../../src/users/password-hash.js";
import type { UsersFileError } from "../../src/users/users-file-error.js";
import { readUsersFile, usersFile } from "../../src/users/users-file.js";
import { logIn } from "./attempt.js";

let folder: string;
let path: string;
let hash: string;
let files = 0;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "belfry-users-"));
  hash = await hashPassword("secret");
  for (const name of ["a", "b", "ann", "bob"]) await mkdir(join(folder, name));
});

after(() => rm(folder, { recursive: true }));

/** A new file, long unchanged. */
async function write(text: string): Promise<string> {
  files += 1;
  path = join(folder, `users-${files}`);
  await replace(text, 1_000_000);
  return path;
}

async function replace(text: string, time: number): Promise<void> {
  await writeFile(path, text);
  await utimes(path, time, time);
}

describe("usersFile", () => {
  it("logs in who is in the file", async () => {
    const authenticate = usersFile(await write(`# users\r\n\r\nann ${hash} root=ann permissions=write\r\n`));
    const account = await logIn(authenticate, "ann", "secret");
    assert.deepEqual([account?.name, account?.permissions], ["ann", "write"]);
    assert.equal(await logIn(authenticate, "ann", "wrong"), null);
    assert.equal(await logIn(authenticate, "bob", "secret"), null);
  });

  it("sees a change at the next login, and keeps the storages of roots that stay", async () => {
    const authenticate = usersFile(await write(`ann ${hash} root=ann`));
    const before = await logIn(authenticate, "ann", "secret");
    await replace(`ann ${hash} root=ann permissions=write\nbob ${hash} root=bob`, 2_000_000);
    const now = await logIn(authenticate, "ann", "secret");
    assert.equal(now?.permissions, "write");
    assert.equal(now?.storage, before?.storage);
    assert.equal((await logIn(authenticate, "bob", "secret"))?.name, "bob");
    await replace(`bob ${hash} root=bob`, 3_000_000);
    assert.equal(await logIn(authenticate, "ann", "secret"), null);
  });

  it("sees a second change of the same length in the same moment", async () => {
    const now = Date.now() / 1000;
    const authenticate = usersFile(await write(`ann ${hash} root=a`));
    await replace(`ann ${hash} root=a`, now);
    await logIn(authenticate, "ann", "secret");
    await replace(`bob ${hash} root=a`, now);
    assert.equal((await logIn(authenticate, "bob", "secret"))?.name, "bob");
  });

  it("keeps the last good users while a line is bad, and tells so once for each change", async () => {
    const errors: UsersFileError[] = [];
    const authenticate = usersFile(await write(`ann ${hash} root=a`), { onError: (error) => errors.push(error) });
    await logIn(authenticate, "ann", "secret");
    await replace(`ann ${hash} root=a\nbob secret`, 2_000_000);
    for (let i = 0; i < 3; i += 1) assert.equal((await logIn(authenticate, "ann", "secret"))?.name, "ann");
    assert.deepEqual(
      errors.map(({ code, line }) => [code, line]),
      [["bad-line", 2]],
    );
    await replace(`bob ${hash} root=a`, 3_000_000);
    assert.equal((await logIn(authenticate, "bob", "secret"))?.name, "bob");
    await rename(path, `${path}.old`);
    assert.equal((await logIn(authenticate, "bob", "secret"))?.name, "bob");
    assert.deepEqual(errors.map(({ code, line }) => [code, line]).slice(1), [["unreadable", 0]]);
    await rename(`${path}.old`, path);
    assert.equal((await logIn(authenticate, "bob", "secret"))?.name, "bob");
    assert.equal(errors.length, 2);
  });

  it("tells each login why nobody can, where the file never could be used", async () => {
    let told = 0;
    const authenticate = usersFile(join(folder, "none"), { onError: () => (told += 1) });
    for (let i = 0; i < 2; i += 1) {
      await assert.rejects(logIn(authenticate, "ann", "secret"), (error: UsersFileError) => {
        assert.equal(error.code, "unreadable");
        return /^Cannot read users from ".*none": ENOENT$/.test(error.message);
      });
    }
    assert.equal(told, 1);
  });

  it("reads the file once for all who log in at the same time", async () => {
    const authenticate = usersFile(await write(`ann ${hash} root=a`));
    const accounts = await Promise.all([1, 2, 3].map(() => logIn(authenticate, "ann", "secret")));
    assert.ok(accounts[0] !== null && accounts.every((account) => account === accounts[0]));
  });

  it("gives lines the defaults for what they do not say", async () => {
    const storage = memoryStorage();
    const defaults = { storage, permissions: "write", maxSessions: 5 } as const;
    const authenticate = usersFile(await write(`ann ${hash}\nbob ${hash} root=bob max-sessions=1`), { defaults });
    const ann = await logIn(authenticate, "ann", "secret");
    assert.deepEqual([ann?.storage, ann?.permissions, ann?.maxSessions], [storage, "write", 5]);
    const bob = await logIn(authenticate, "bob", "secret");
    assert.notEqual(bob?.storage, storage);
    assert.equal(bob?.maxSessions, 1);
  });

  it("names a wrong option at once", () => {
    assert.throws(() => usersFile(""), /Cannot use path ""/);
    assert.throws(() => usersFile("users", { defaults: { maxSessions: 0 } }), /Cannot use maxSessions 0/);
  });
});

describe("readUsersFile", () => {
  it("gives the users in order, with roots seen from the file", async () => {
    const users = await readUsersFile(await write(`\uFEFFbob ${hash} root=b\nann ${hash} root=${tmpdir()}`));
    assert.deepEqual(
      users.map(({ name, root }) => [name, root]),
      [
        ["bob", join(folder, "b")],
        ["ann", tmpdir()],
      ],
    );
  });

  it("names the file, the line, and what was expected there", async () => {
    const wrong = [
      [`# one\nann ${hash} root=a\nann ${hash} root=b`, 3, /each name once, not "ann" again/],
      [`ann ${hash}`, 1, /expected root=DIRECTORY/],
      [`ann ${hash} root=nowhere`, 1, /nowhere" as a root: ENOENT/],
      [`\nann ${hash} root=a home=in`, 2, /Cannot use home "in"/],
      [`ann ${hash} root=a max-sessions=0`, 1, /Cannot use maxSessions 0/],
      [`ann ${hash} root=a permissions=/in:read`, 1, /expected a set for "\/"/],
    ] as const;
    for (const [text, line, message] of wrong) {
      const file = await write(text);
      await assert.rejects(readUsersFile(file), (error: UsersFileError) => {
        assert.deepEqual([error.code, error.path, error.line], ["bad-line", file, line]);
        assert.match(error.message, message);
        return error.message.startsWith(`Cannot use line ${line} of ${JSON.stringify(file)}: `);
      });
    }
  });

  it("refuses a file that is too large to be one", async () => {
    await assert.rejects(readUsersFile(await write("#".repeat(2 ** 24 + 1))), /16777217 bytes, expected at most/);
  });
});
