import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PasswordHasher } from "../../src/users/password-hasher.js";
import type { Argon2, PasswordHashError } from "../../src/users/password-hasher.js";

const PASSWORD = new Uint8Array([1]);

/** A package whose checks end when the test says so. */
function slowPackage(): { readonly load: () => Promise<Argon2>; readonly running: (() => void)[] } {
  const running: (() => void)[] = [];
  const verify = (): Promise<boolean> => new Promise((resolve) => running.push(() => resolve(true)));
  return { running, load: async () => ({ verify, hash: async () => "" }) };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("PasswordHasher", () => {
  it("does two at once, the others after them", async () => {
    const { load, running } = slowPackage();
    const hasher = new PasswordHasher({ load });
    const checks = [1, 2, 3].map(() => hasher.verify("", PASSWORD));
    await settle();
    assert.equal(running.length, 2);
    running[0]?.();
    await settle();
    assert.equal(running.length, 3);
    for (const end of running) end();
    assert.deepEqual(await Promise.all(checks), [true, true, true]);
  });

  it("turns away what is beyond those that may wait, and takes more when they have gone", async () => {
    const { load, running } = slowPackage();
    const hasher = new PasswordHasher({ load, limit: 1, maxWaiting: 1 });
    const first = hasher.verify("", PASSWORD);
    const controller = new AbortController();
    const second = hasher.verify("", PASSWORD, { signal: controller.signal });
    await assert.rejects(hasher.verify("", PASSWORD), (error: PasswordHashError) => error.code === "too-many");
    controller.abort("gone");
    await assert.rejects(second, (reason) => reason === "gone");
    const third = hasher.verify("", PASSWORD);
    await settle();
    running[0]?.();
    assert.equal(await first, true);
    await settle();
    running[1]?.();
    assert.equal(await third, true);
  });

  it("says which package is missing, each time", async () => {
    const cause = new Error("Cannot find package");
    const hasher = new PasswordHasher({ load: () => Promise.reject(cause) });
    for (const work of [() => hasher.hash(PASSWORD), () => hasher.verify("", PASSWORD), () => hasher.hash(PASSWORD)]) {
      await assert.rejects(work, (error: PasswordHashError) => {
        assert.equal(error.code, "not-installed");
        assert.match(error.message, /"@node-rs\/argon2" is not installed/);
        return error.cause === cause;
      });
    }
  });
});
