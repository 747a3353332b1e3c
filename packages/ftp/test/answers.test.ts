import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { describe, it } from "node:test";
import { certificate } from "@belfry/testkit";
import { diskStorage } from "../src/storage/disk-storage.js";
import { memoryStorage } from "../src/storage/memory-storage.js";
import { StorageError } from "../src/storage/storage-error.js";
import type { Storage } from "../src/storage/storage.js";
import type { Probe } from "./support/probe.js";
import { get, put, withFtp } from "./support/with-ftp.js";
import type { Running, WithFtpOptions } from "./support/with-ftp.js";

const TLS = { credentials: certificate } as const;

/** Logs in and hands over; TYPE I is set. */
async function session(
  body: (probe: Probe, running: Running) => Promise<void>,
  options: WithFtpOptions = {},
): Promise<void> {
  await withFtp(options, async (running) => {
    const probe = await running.login();
    await probe.say("TYPE I");
    await body(probe, running);
  });
}

async function answers(probe: Probe, expected: { readonly [command: string]: RegExp }): Promise<void> {
  for (const [command, pattern] of Object.entries(expected)) assert.match(await probe.say(command), pattern, command);
}

describe("Answers on command lines", () => {
  it("answers an unknown verb with 500", () => session((probe) => answers(probe, { XYZZY: /^500 / })));

  it("ignores an empty line", () =>
    session(async (probe) => {
      probe.send("\r\n\r\nNOOP\r\n");
      assert.match(await probe.next(), /^200 /);
    }));

  it("accepts a bare LF", () =>
    session(async (probe) => {
      probe.send("NOOP\nPWD\n");
      assert.match(await probe.next(), /^200 /);
      assert.match(await probe.next(), /^257 /);
    }));

  it("answers a line over 8 KiB with 500 and closes", () =>
    session(async (probe) => {
      probe.send(`CWD ${"x".repeat(9000)}\r\n`);
      assert.match(await probe.next(), /^500 /);
      await probe.ended();
    }));

  it("closes when HTTP is spoken", () =>
    session(async (probe) => {
      probe.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      await assert.rejects(probe.next(), /the server has ended the connection, after ""/);
    }));
});

describe("Answers on restarts", () => {
  it("answers REST -1, abc and beyond 2^53 with 501", () =>
    session((probe) => answers(probe, { "REST -1": /^501 /, "REST abc": /^501 /, "REST 9007199254740993": /^501 / })));

  it("answers RETR past the end with 554", () =>
    session(async (probe, { storage }) => {
      await put(storage, "/ten", "0123456789");
      await probe.say("REST 11");
      await assert.rejects(probe.fetch("RETR /ten"), /554 /);
    }));

  it("sends no byte, and 150 and 226, for RETR at the end", () =>
    session(async (probe, { storage }) => {
      await put(storage, "/ten", "0123456789");
      await probe.say("REST 10");
      assert.equal((await probe.fetch("RETR /ten")).length, 0);
    }));

  it("keeps the marker over NOOP", () =>
    session(async (probe, { storage }) => {
      await put(storage, "/ten", "0123456789");
      await answers(probe, { "REST 7": /^350 /, NOOP: /^200 / });
      assert.equal(String(await probe.fetch("RETR /ten")), "789");
      assert.equal(String(await probe.fetch("RETR /ten")), "0123456789");
    }));

  it("writes in place for REST and STOR", () =>
    session(async (probe, { storage }) => {
      await put(storage, "/ten", "0123456789");
      await probe.say("REST 4");
      assert.match(await probe.store("STOR /ten", "XY"), /^226 /);
      assert.equal(await get(storage, "/ten"), "0123XY6789");
    }));
});

describe("Answers on listings", () => {
  it("answers LIST, NLST and MLSD of what is not there with 550", () =>
    session(async (probe) => {
      for (const verb of ["LIST", "NLST", "MLSD"]) await assert.rejects(probe.fetch(`${verb} /none`), /550 /, verb);
    }));

  it("answers MLSD on a file with 501", () =>
    session(async (probe, { storage }) => {
      await put(storage, "/file", "");
      await assert.rejects(probe.fetch("MLSD /file"), /501 /);
    }));

  it("lists an empty directory in 0 bytes", () =>
    session(async (probe, { storage }) => {
      await storage.makeDirectory("/empty");
      for (const verb of ["LIST", "NLST", "MLSD"]) {
        const list = String(await probe.fetch(`${verb} /empty`));
        // RFC 3659 §7.2: MLSD may tell of the directory itself.
        assert.equal(list.replaceAll(/^type=[cp]dir;.*\r\n/gm, ""), "", verb);
      }
    }));

  it("lists LIST -la path, and names that begin with a dash, hold spaces or quotes", () =>
    session(async (probe, { storage }) => {
      const names = ["-la", "-", "two  spaces", 'a "quoted" one', " first"];
      for (const name of names) await put(storage, `/${name}`, "x");
      const lines = String(await probe.fetch("LIST -la /")).split("\r\n");
      for (const name of names)
        assert.ok(
          lines.some((line) => line.endsWith(` ${name}`)),
          name,
        );
      assert.deepEqual(
        String(await probe.fetch("NLST"))
          .split("\r\n")
          .filter(Boolean)
          .sort(),
        names.sort(),
      );
      for (const name of names) assert.equal(String(await probe.fetch(`RETR ${name}`)), "x", name);
    }));

  it("leaves links that lead nowhere out of MLSD and NLST, whose names programs fetch; LIST shows them", async () => {
    const root = mkdtempSync(join(tmpdir(), "belfry-links-"));
    try {
      symlinkSync("/etc", join(root, "out"));
      symlinkSync("nothing", join(root, "dead"));
      symlinkSync("file", join(root, "good"));
      await session(
        async (probe, { storage }) => {
          await put(storage, "/file", "x");
          assert.deepEqual(
            String(await probe.fetch("NLST"))
              .split("\r\n")
              .sort(),
            ["", "file", "good"],
          );
          const facts = String(await probe.fetch("MLSD"));
          assert.match(facts, / good\r\n/);
          assert.doesNotMatch(facts, / (?:out|dead)\r\n/);
          const list = String(await probe.fetch("LIST"));
          assert.match(list, /^l.* dead\r$/m);
          assert.doesNotMatch(list, /etc|nothing/);
        },
        { files: diskStorage(root) },
      );
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it("shows control bytes of a name as ?, so that no line can be forged", () => {
    const files = memoryStorage();
    const forged: Storage = {
      ...bind(files),
      async *list(path) {
        for await (const batch of files.list(path)) {
          yield batch.map((info) => ({ ...info, name: "a\r\n-rw-r--r-- 1 0 0 9 Jan 1 2026 passwd\x1b[2J" }));
        }
      },
    };
    return session(
      async (probe) => {
        await put(files, "/a", "");
        for (const verb of ["LIST", "NLST", "MLSD"]) {
          const text = String(await probe.fetch(`${verb} /`)).replaceAll(/^type=[cp]dir;.*\r\n/gm, "");
          assert.equal(text.split("\r\n").length, 2, verb);
          assert.match(text, /a\?\?-rw-r--r-- .* passwd\?\[2J\r\n$/, verb);
        }
      },
      { files: forged },
    );
  });
});

describe("Answers on data connections", () => {
  it("answers RETR without PASV or PORT with 425 at once", () =>
    session(async (probe, { storage }) => {
      await put(storage, "/a", "x");
      await answers(probe, { "RETR /a": /^425 / });
    }));

  it("answers ABOR with 225 when idle", () => session((probe) => answers(probe, { ABOR: /^22[56] / })));

  it("refuses PASV, PORT and EPRT after EPSV ALL", () =>
    session(async (probe) => {
      await answers(probe, {
        "EPSV ALL": /^200 /,
        PASV: /^5/,
        "PORT 127,0,0,1,200,1": /^5/,
        "EPRT |1|127.0.0.1|51201|": /^5/,
        EPSV: /^229 /,
      });
    }));

  it("answers EPSV 9 with 522", () => session((probe) => answers(probe, { "EPSV 9": /^522 / })));

  it("takes EPRT with any delimiter", () =>
    session((probe) => answers(probe, { "EPRT !1!127.0.0.1!51201!": /^200 /, "EPRT |1|127.0.0.1|51201|": /^200 / })));

  it("refuses PORT to a foreign address or a port under 1024, and never replaces it", () =>
    session(async (probe) => {
      await answers(probe, {
        "PORT 10,0,0,1,200,1": /^5/,
        "PORT 127,0,0,1,3,255": /^5/,
        "EPRT |1|127.0.0.1|1023|": /^5/,
        "EPRT |1|192.0.2.1|5000|": /^5/,
      });
      assert.match(await probe.say("LIST"), /^425 /);
    }));

  it("dials the client's own address in active mode", () =>
    session(async (probe, { storage }) => {
      await put(storage, "/a", "active");
      const listener = createServer();
      listener.listen(0, "127.0.0.1");
      await once(listener, "listening");
      const { port } = listener.address() as AddressInfo;
      const dialled = once(listener, "connection");
      await answers(probe, { [`PORT 127,0,0,1,${port >> 8},${port & 255}`]: /^200 /, "RETR /a": /^150 / });
      const [socket] = (await dialled) as [ReturnType<typeof connect>];
      assert.equal(String(await buffer(socket)), "active");
      assert.match(await probe.next(), /^226 /);
      listener.close();
    }));

  it("drops a stranger on the passive port without a word and goes on waiting", () =>
    session(async (probe, { storage }) => {
      await put(storage, "/secret", "for the client alone");
      const port = await probe.passivePort();
      const stranger = connect({ host: "127.0.0.1", port, localAddress: "127.0.0.9" });
      const stolen = buffer(stranger).catch(() => Buffer.alloc(0));
      probe.send("RETR /secret\r\n");
      assert.match(await probe.next(), /^150 /);
      assert.equal((await stolen).length, 0);
      const real = connect({ host: "127.0.0.1", port });
      assert.equal(String(await buffer(real)), "for the client alone");
      assert.match(await probe.next(), /^226 /);
    }));
});

describe("Answers on files and directories", () => {
  it("answers MKD of what exists with 550", () =>
    session((probe) => answers(probe, { "MKD /d": /^257 /, "MKD d": /^550 / })));

  it("doubles quotes in 257", () =>
    session((probe) => answers(probe, { 'MKD a"b': /^257 "\/a""b" /, 'CWD a"b': /^250 /, PWD: /^257 "\/a""b" / })));

  it("answers SIZE in TYPE A with 550", () =>
    session(async (probe, { storage }) => {
      await put(storage, "/a", "12345");
      await answers(probe, { "SIZE /a": /^213 5$/, "TYPE A": /^200 / });
      await answers(probe, { "SIZE /a": /^550 / });
    }));

  it("answers control bytes in a name with 553", () =>
    session(async (probe) => {
      await answers(probe, { "MKD a\x07b": /^553 /, "DELE a\r\0b": /^553 / });
      assert.match(await probe.store("STOR a\x1b[2Jb", "x"), /^553 /);
    }));

  it("shows no path of the server in an error", async () => {
    const root = mkdtempSync(join(tmpdir(), "belfry-secret-place-"));
    try {
      await session(
        async (probe) => {
          for (const command of [
            "CWD none",
            "DELE none",
            "RMD none",
            "RNFR none",
            "SIZE none",
            "MDTM none",
            "MKD /a/b/c",
          ]) {
            const answer = await probe.say(command);
            assert.match(answer, /^550 /);
            assert.doesNotMatch(answer, /secret-place|ENOENT/);
          }
        },
        { files: diskStorage(root) },
      );
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  for (const [code, expected] of [
    ["no-space", /^452 /],
    ["over-quota", /^552 /],
    ["failed", /^451 /],
  ] as const) {
    it(`answers an upload whose commit fails with ${code} by ${expected.source.slice(1, 4)}, not 226`, () => {
      const files = memoryStorage();
      const broken: Storage = {
        ...bind(files),
        openWrite: async (path, options) => {
          const writer = await files.openWrite(path, options);
          return {
            write: (data) => writer.write(data),
            abort: () => writer.abort(),
            commit: async () => {
              await writer.abort();
              throw new StorageError(code, path);
            },
          };
        },
      };
      return session(
        async (probe) => {
          assert.match(await probe.store("STOR /a", "content"), expected);
          assert.equal(await get(files, "/a"), null);
          assert.match(await probe.say("NOOP"), /^200 /);
        },
        { files: broken },
      );
    });
  }
});

describe("Answers on logging in", () => {
  it("answers REIN with 220 and forgets the login", () =>
    session((probe) => answers(probe, { REIN: /^220 /, PWD: /^530 / })));

  it("answers a wrong password and an unknown user alike, after the same time", async () => {
    await withFtp({ throttle: { delay: 60 } }, async ({ connect: dial }) => {
      const tries = await Promise.all(
        ["ann", "nobody"].map(async (user) => {
          const probe = await dial();
          const began = performance.now();
          const first = await probe.say(`USER ${user}`);
          const second = await probe.say("PASS wrong");
          return { first, second, took: performance.now() - began };
        }),
      );
      const [known, unknown] = tries;
      assert.ok(known !== undefined && unknown !== undefined);
      assert.equal(known.first, unknown.first);
      assert.equal(known.second, unknown.second);
      assert.match(known.second, /^530 /);
      for (const { took } of tries) assert.ok(took >= 58, `${took} ms`);
      assert.ok(Math.abs(known.took - unknown.took) < 40, `${known.took} and ${unknown.took} ms`);
    });
  });
});

describe("Answers on TLS", () => {
  it("answers PBSZ and PROT before AUTH with 503", () =>
    session((probe) => answers(probe, { "PBSZ 0": /^503 /, "PROT P": /^503 / }), { tls: TLS }));

  it("answers PROT S and E with 536 and a second AUTH with 503", async () => {
    await withFtp({ tls: TLS }, async ({ connect: dial }) => {
      const probe = await dial();
      assert.match(await probe.say("AUTH TLS"), /^234 /);
      await probe.startTls({ ca: certificate.cert, servername: "localhost" });
      await answers(probe, {
        "PROT P": /^503 /,
        "PBSZ 0": /^200 /,
        "PROT S": /^536 /,
        "PROT E": /^536 /,
        "AUTH TLS": /^503 /,
      });
    });
  });

  it("answers data in the clear where TLS is required with 521", async () => {
    await withFtp({ tls: { ...TLS, require: "data" } }, async ({ connect: dial }) => {
      const clear = await dial();
      assert.match(await clear.say("USER ann"), /^5\d\d /);
      const probe = await dial();
      await probe.say("AUTH TLS");
      await probe.startTls({ ca: certificate.cert, servername: "localhost" });
      await probe.login("ann", "secret");
      await answers(probe, { EPSV: /^229 /, LIST: /^521 / });
    });
  });
});

describe("Options of a service", () => {
  it("leave line ends alone without convertsLineEnds, whatever TYPE says", () =>
    session(
      async (probe, { storage }) => {
        await put(storage, "/picture", "\x89PNG\r\n\x1a\n");
        assert.match(await probe.say("TYPE A"), /^200 /);
        assert.equal((await probe.fetch("RETR /picture")).toString(), "\x89PNG\r\n\x1a\n");
        assert.match(await probe.say("SIZE /picture"), /^213 /);
      },
      { convertsLineEnds: false },
    ));

  it("tell of a passive port that cannot be had", async () => {
    const taken = createServer();
    taken.listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    await session(
      async (probe, { service }) => {
        const told = new Promise<string>((resolve) => service.on("failed", ({ verb }) => resolve(verb)));
        assert.match(await probe.say("EPSV"), /^425 /);
        assert.equal(await told, "EPSV");
      },
      { passive: { ports: { from: port, to: port } } },
    );
    taken.close();
  });

  it("keep the extension of a name STOU makes", () =>
    session(async (probe, { storage }) => {
      assert.match(await probe.store("STOU picture.jpg", "x"), /^226 /);
      const names: string[] = [];
      for await (const batch of storage.list("/")) names.push(...batch.map(({ name }) => name));
      assert.match(names.join(), /^picture\.[0-9a-f]{16}\.jpg$/);
    }));
});

/** A storage's own methods, to be put under others. */
function bind(storage: Storage): Storage {
  return {
    stat: (...args) => storage.stat(...args),
    list: (...args) => storage.list(...args),
    openRead: (...args) => storage.openRead(...args),
    openWrite: (...args) => storage.openWrite(...args),
    remove: (...args) => storage.remove(...args),
    makeDirectory: (...args) => storage.makeDirectory(...args),
    removeDirectory: (...args) => storage.removeDirectory(...args),
  };
}
