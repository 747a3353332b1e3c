import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fakeClock, until } from "@belfry/testkit";
import type { FtpEvents } from "../../src/events.js";
import { memoryStorage } from "../../src/storage/memory-storage.js";
import type { Account } from "../../src/users/account.js";
import { put, withFtp } from "../support/with-ftp.js";

describe("FtpSession", () => {
  for (const command of ["REIN", "USER ann"]) {
    it(`gives a client that ends a long login by ${command} time for the next one`, async (test) => {
      const clock = fakeClock(test);
      await withFtp({ loginTimeout: 60_000 }, async ({ login }) => {
        const probe = await login();
        await clock.advance(100_000, 10_000);
        assert.match(await probe.say(command), /^(?:220|331) /);
        await clock.advance(50_000, 10_000);
        assert.match(await probe.say("USER ann"), /^331 /);
        assert.match(await probe.say("PASS secret"), /^230 /);
      });
    });
  }

  it("keeps no data connection of one login for the next", async () => {
    const files = memoryStorage();
    await put(files, "/a", "text");
    await withFtp({ files }, async ({ login }) => {
      const probe = await login();
      const data = await probe.data();
      assert.match(await probe.say("REIN"), /^220 /);
      await probe.login("ann", "secret");
      assert.match(await probe.say("RETR /a"), /^425 /);
      data.destroy();
      assert.equal(String(await probe.fetch("RETR /a")), "text");
    });
  });

  it("begins in the account's home, however that is written", async () => {
    await withFtp({ account: { home: "in/./here/" } }, async ({ login }) => {
      const probe = await login();
      assert.match(await probe.say("PWD"), /^257 "\/in\/here" /);
    });
  });

  it("tells of no failed login when the client has gone in the middle of it", async () => {
    const failed: FtpEvents["loginFailed"][] = [];
    let isAsked = false;
    let isOver = false;
    const authenticate = (_: unknown, { signal }: { readonly signal: AbortSignal }): Promise<Account | null> => {
      isAsked = true;
      return new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          isOver = true;
          reject(signal.reason as Error);
        });
      });
    };
    await withFtp({ authenticate, throttle: false }, async ({ connect, server, service }) => {
      service.on("loginFailed", (event) => failed.push(event));
      const probe = await connect();
      await probe.say("USER ann");
      probe.send("PASS secret\r\n");
      await until(() => isAsked);
      probe.socket.resetAndDestroy();
      await until(() => isOver && server.size === 0);
      assert.deepEqual(failed, []);
    });
  });

  it("goes on when a storage rejects where it never may", async () => {
    const files = memoryStorage();
    const storage = Object.create(files) as typeof files;
    storage.stat = (path, options) => files.stat(path, options);
    storage.openWrite = async (path, options) => {
      const writer = await files.openWrite(path, options);
      return {
        write: (data) => writer.write(data),
        commit: () => Promise.reject(new Error("no commit")),
        abort: () => Promise.reject(new Error("no abort")),
      };
    };
    await withFtp({ files: storage }, async ({ login, service }) => {
      const told: string[] = [];
      service.on("failed", ({ error }) => told.push((error as Error).message));
      const probe = await login();
      assert.match(await probe.store("STOR /a", "text"), /^451 /);
      assert.match(await probe.say("NOOP"), /^200 /);
      assert.deepEqual(told.toSorted(), ["no abort", "no commit"]);
    });
  });
});
