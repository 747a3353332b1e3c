import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Addr, pipe } from "@belfry/net";
import type { ServiceContext } from "@belfry/server";
import { ftp } from "../src/ftp.js";
import type { FtpService } from "../src/ftp.js";
import { memoryStorage } from "../src/storage/memory-storage.js";
import { memoryCounts } from "../src/users/memory-counts.js";
import { withFtp } from "./support/with-ftp.js";

const context = { id: "ftp#1", draining: new AbortController().signal } as ServiceContext;

/** Connects from an address the machine need not have. */
async function greetingAt(service: FtpService, host: string, ends: (() => Promise<void>)[]): Promise<string> {
  const [client, conn] = pipe();
  const remoteAddr = new Addr("tcp", host, 50_000);
  const moved = new Proxy(conn, {
    get: (target, key) => {
      if (key === "remoteAddr") return remoteAddr;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  const served = service(moved, context);
  ends.push(async () => {
    await client.close();
    await served;
    await conn.close();
  });
  return String(Buffer.from((await client.read()) ?? []));
}

describe("ftp()", () => {
  it("counts sessions of an IPv6 network as those of one address", async () => {
    const service = ftp({ storage: memoryStorage(), maxSessionsPerAddress: 1 });
    const ends: (() => Promise<void>)[] = [];
    try {
      assert.match(await greetingAt(service, "2001:db8:0:1::1", ends), /^220 /);
      assert.match(await greetingAt(service, "2001:db8:0:1::2", ends), /^421 Too many sessions from this address/);
      assert.match(await greetingAt(service, "2001:db8:0:2::1", ends), /^220 /);
      assert.equal(service.sessions().length, 2);
    } finally {
      for (const end of ends) await end();
      assert.equal(service.sessions().length, 0);
    }
  });

  it("counts the sessions of an account together with whoever has the same loginCounts", () => {
    const options = { loginCounts: memoryCounts(), account: { maxSessions: 1 } };
    return withFtp(options, (one) =>
      withFtp(options, async (other) => {
        const first = await one.login();
        const second = await other.connect();
        assert.match(await second.say("USER ann"), /^331 /);
        assert.match(await second.say("PASS secret"), /^421 Too many sessions of this user/);
        first.send("QUIT\r\n");
        await first.ended();
        await other.login();
      }),
    );
  });
});
