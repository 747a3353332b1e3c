import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { describe, it } from "node:test";
import { until } from "@belfry/testkit";
import { formatUser, hashPassword } from "@belfry/ftp";
import { Probe } from "../../../ftp/test/support/probe.js";
import { startBelfry } from "../belfry-process.js";
import { type Ftpd, PASSWORD, readLines, withFtpd } from "../ftpd/ftpd-process.js";
import { takesSeconds } from "../ftpd/takes-seconds.js";

const PASSIVE = /\((\d+),(\d+),(\d+),(\d+),(\d+),(\d+)\)/;

/** A line of a users file. */
async function userLine(name: string, options: string, password = PASSWORD): Promise<string> {
  return `${formatUser({ name, passwordHash: await hashPassword(password) })} ${options}\n`;
}

describe("belfry ftpd", () => {
  it("started with nothing serves this directory, read only, to anybody on this machine, and says so", async () => {
    const ftpd = startBelfry(["ftpd", "--listen", "127.0.0.1:0"]);
    try {
      const port = await ftpd.port();
      const here = process.cwd().replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
      await ftpd.says(new RegExp(`^serving ${here}, on this machine alone: anybody may read, as anonymous$`, "m"));
      const probe = await Probe.connect({ host: "127.0.0.1", port } as Parameters<typeof Probe.connect>[0]);
      await probe.login();
      await probe.say("TYPE I");
      assert.ok((await probe.fetch("RETR package.json")).equals(readFileSync("package.json")));
      for (const refused of ["STOR x", "DELE package.json", "MKD x", "RNFR package.json", "APPE package.json"]) {
        assert.match(await probe.store(refused, ""), /^550 /, refused);
      }
      probe.close();
      ftpd.child.kill("SIGTERM");
      assert.equal((await ftpd.ended).status, 0);
    } finally {
      await ftpd[Symbol.asyncDispose]();
    }
  });

  it("gives the file to the client, and nothing to a stranger who was first on the passive port", () =>
    withFtpd([], async (ftpd) => {
      const data = Buffer.alloc(300_000, "belfry");
      writeFileSync(join(ftpd.root, "a"), data);
      const probe = await ftpd.login();
      const port = await probe.passivePort();
      const stranger = connect({ host: "127.0.0.1", port, localAddress: "127.0.0.2" });
      stranger.on("error", () => {});
      await new Promise((resolve) => stranger.once("close", resolve).resume());
      assert.equal(stranger.bytesRead, 0);
      const own = connect({ host: "127.0.0.1", port });
      probe.send("RETR a\r\n");
      assert.ok((await buffer(own)).equals(data));
      assert.match(await probe.next(), /^150 /);
      assert.match(await probe.next(), /^226 /);
    }));

  it("stops a transfer whose reader stalls at a telnet-escaped ABOR, within two seconds, and the next is exact", () =>
    withFtpd([], async (ftpd) => {
      const data = Buffer.alloc(40_000_000, "0123456789");
      writeFileSync(join(ftpd.root, "a"), data);
      const probe = await ftpd.login();
      const stalled = await probe.data();
      probe.send("RETR a\r\n");
      assert.match(await probe.next(), /^150 /);
      const began = Date.now();
      probe.send("\xff\xf4\xff\xf2ABOR\r\n");
      assert.match(await probe.next(), /^426 /);
      assert.match(await probe.next(), /^226 /);
      assert.ok(Date.now() - began < 2000);
      stalled.destroy();
      assert.ok((await probe.fetch("RETR a")).equals(data));
    }));

  it("tells session N+1, and one too many of an address, to come back", () =>
    withFtpd(["--max-conns", "2"], async ({ connect: open, port }) => {
      const first = await open();
      await open();
      const refused = await Probe.dial({ host: "127.0.0.1", port } as Parameters<typeof Probe.dial>[0]);
      assert.match(await refused.next(), /^421 /);
      await refused.ended();
      refused.close();
      assert.match(await first.say("QUIT"), /^221 /);
      await first.ended();
      assert.match(await (await open()).say("NOOP"), /^200 /);
    }));

  it("bans an address after repeated failures, until a time the log names", () =>
    withFtpd([], async ({ connect: open, process: ftpd, port }) => {
      const attempt = async (_: unknown, index: number): Promise<void> => {
        const probe = await open();
        await probe.say(`USER somebody-${index}`);
        await probe.say("PASS wrong");
      };
      await Promise.all(Array.from({ length: 20 }, attempt));
      const [, until1] = await ftpd.says(/^banned address "127\.0\.0\.1" until (\S+Z)$/m);
      const minutes = (Date.parse(until1 ?? "") - Date.now()) / 60_000;
      assert.ok(minutes > 14 && minutes <= 15, until1);
      const refused = await Probe.dial({ host: "127.0.0.1", port } as Parameters<typeof Probe.dial>[0]);
      assert.match(await refused.next(), /^421 /);
      refused.close();
    }));

  it("ends a session that is silent for the idle timeout, with 421", () =>
    withFtpd(["--idle-timeout", "300ms", "--max-conns-per-address", "1"], async (ftpd) => {
      const probe = await ftpd.login();
      const refused = await Probe.dial({ host: "127.0.0.1", port: ftpd.port } as Parameters<typeof Probe.dial>[0]);
      assert.match(await refused.next(), /^421 /);
      refused.close();
      assert.match(await probe.next(), /^421 /);
      await probe.ended();
    }));

  it("announces the address for the client's network and a port of the range, and dials nobody", () =>
    withFtpd(
      "--external-address 198.51.100.7 --external-address 127.0.0.0/8=203.0.113.9 --passive-ports 41000-41999 --no-active".split(
        " ",
      ),
      async (ftpd) => {
        const probe = await ftpd.login();
        const match = PASSIVE.exec(await probe.say("PASV"));
        assert.deepEqual(match?.slice(1, 5), ["203", "0", "113", "9"]);
        const port = Number(match?.[5]) * 256 + Number(match?.[6]);
        assert.ok(port >= 41_000 && port <= 41_999, `${port}`);
        assert.match(await probe.say("PORT 127,0,0,1,200,200"), /^502 /);
        assert.match(await probe.say("EPRT |1|127.0.0.1|51400|"), /^502 /);
      },
    ));

  it("keeps the old file when an upload is cut, and tells so in the log and both transfer logs", async () => {
    const cutUpload = async (ftpd: Ftpd): Promise<void> => {
      writeFileSync(join(ftpd.root, "a b"), "old");
      const probe = await ftpd.login();
      const data = await probe.data();
      probe.send("STOR a b\r\n");
      await probe.next();
      data.write("new, cut");
      // So that the bytes are there before the reset, which would take them along.
      await until(async () => /8 bytes/.test(await probe.say("STAT")) || /\b8\b/.test((await stat(probe)).join(" ")));
      data.resetAndDestroy();
      assert.match(await probe.next(), /^426 /);
      assert.equal(readFileSync(join(ftpd.root, "a b"), "utf8"), "old");
      await ftpd.process.says(/received "\/a b": 8 bytes in \S+, incomplete: /);
      assert.match(await probe.store("STOR a b", "new, whole"), /^226 /);
      assert.equal((await probe.fetch("RETR a b")).toString(), "new, whole");
      ftpd.process.child.kill("SIGTERM");
      await ftpd.process.ended;
    };
    const xferlog = withFtpd(
      (file) => ["--transfer-log", file("log")],
      async (ftpd) => {
        await cutUpload(ftpd);
        const [cut, whole, sent] = readLines(ftpd.file("log"));
        const time = String.raw`\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4} 1 127\.0\.0\.1`;
        assert.match(cut ?? "", new RegExp(`^${time} 8 /a_b b _ i r ann ftp 0 \\* i$`));
        assert.match(whole ?? "", new RegExp(`^${time} 10 /a_b b _ i r ann ftp 0 \\* c$`));
        assert.match(sent ?? "", new RegExp(`^${time} 10 /a_b b _ o r ann ftp 0 \\* c$`));
      },
    );
    const json = withFtpd(
      (file) => ["--transfer-log", file("log"), "--transfer-log-format", "json"],
      async (ftpd) => {
        await cutUpload(ftpd);
        const [cut, whole, sent] = readLines(ftpd.file("log")).map(
          (line) => JSON.parse(line) as Record<string, unknown>,
        );
        const common = { user: "ann", path: "/a b", start: 0, type: "I", id: "ftp#1", remoteAddress: "127.0.0.1" };
        const rest = { digest: null, isSecure: false };
        assert.deepEqual(
          [cut, whole, sent].map(({ time: _time, duration: _duration, error, ...fields } = {}) => {
            return { ...fields, hasError: typeof error === "string" };
          }),
          [
            { ...common, ...rest, direction: "upload", verb: "STOR", bytes: 8, isComplete: false, hasError: true },
            { ...common, ...rest, direction: "upload", verb: "STOR", bytes: 10, isComplete: true, hasError: false },
            { ...common, ...rest, direction: "download", verb: "RETR", bytes: 10, isComplete: true, hasError: false },
          ],
        );
      },
    );
    await Promise.all([xferlog, json]);
  });

  it("tells of an upload that a shutdown cuts, in the log and the transfer log, and leaves nothing of it", () =>
    withFtpd(
      (file) => ["--transfer-log", file("log"), "--shutdown-timeout", "300ms"],
      async (ftpd) => {
        const probe = await ftpd.login();
        const data = await probe.data();
        data.on("error", () => {});
        probe.send("STOR half\r\n");
        assert.match(await probe.next(), /^150 /);
        data.write("half of it");
        await until(async () => /\b10 bytes\b/.test((await stat(probe)).join(" ")));
        ftpd.process.child.kill("SIGTERM");
        assert.equal((await ftpd.process.ended).status, 1);
        assert.match(readLines(ftpd.file("log")).join("\n"), / 10 \/half b _ i r ann ftp 0 \* i$/);
        await ftpd.process.says(/received "\/half": 10 bytes in \S+, incomplete: .*\n(?:.*\n)*all done/);
        assert.deepEqual(readdirSync(ftpd.root), []);
      },
    ));

  it("keeps passwords out of every log, also mistyped ones, and control characters out of a terminal", () =>
    withFtpd(["--log-level", "debug"], async ({ connect: open, process: ftpd }) => {
      const probe = await open();
      for (const line of [
        "PASS\tSwordfish",
        " PASS Swordfish",
        "PASSWORD Swordfish",
        "ACCT Swordfish",
        "Swordfish-77",
      ]) {
        await probe.say(line);
      }
      await probe.say("USER ann");
      await probe.say("pass Swordfish");
      await probe.say("USER ann");
      await probe.say(`pass ${PASSWORD}`);
      await probe.say("\x1b[31mBOO \x1b[0m");
      await probe.say("CWD \xc2\x9b31m");
      await probe.say("QUIT");
      await ftpd.says(/ftp#1 closed/);
      assert.doesNotMatch(ftpd.stderr(), /swordfish|sesame/i);
      assert.doesNotMatch(ftpd.stderr(), /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
      assert.match(ftpd.stderr(), /^ftp#1 PASS → 230$/m);
    }));

  it("keeps what has come of a broken upload with --no-atomic-uploads, so that it can be resumed", async () => {
    await withFtpd(["--no-atomic-uploads", "--fsync"], async (ftpd) => {
      const probe = await ftpd.login();
      await probe.say("TYPE I");
      const data = await probe.data();
      probe.send("STOR picture\r\n");
      assert.match(await probe.next(), /^150 /);
      data.write("0123456789");
      await until(() => statSync(join(ftpd.root, "picture")).size === 10);
      data.resetAndDestroy();
      assert.match(await probe.next(), /^426 /);
      assert.match(await probe.say("SIZE picture"), /^213 10$/);
      await probe.say("REST 10");
      assert.match(await probe.store("STOR picture", "abc"), /^226 /);
      assert.equal(readFileSync(join(ftpd.root, "picture"), "utf8"), "0123456789abc");
    });
  });

  it("leaves line ends alone with --binary, and tells digests with --digests", async () => {
    await withFtpd(["--binary", "--digests", "--log-format", "json"], async (ftpd) => {
      const probe = await ftpd.login();
      await probe.say("TYPE A");
      await probe.store("STOR a", "line\r\n");
      assert.equal(readFileSync(join(ftpd.root, "a"), "latin1"), "line\r\n");
      await ftpd.process.says(/"digest":"893e89e669b5a4f9e5136d565f51e341a0c5e5531816c9c1a806d90df66a45f4"/);
    });
  });

  it("gives new files the umask, and lets nobody change anything with --read-only, whatever a users file says", async () => {
    await withFtpd(["--umask", "027"], async (ftpd) => {
      const probe = await ftpd.login();
      await probe.store("STOR a", "x");
      await probe.say("MKD d");
      assert.equal(statSync(join(ftpd.root, "a")).mode & 0o777, 0o640);
      assert.equal(statSync(join(ftpd.root, "d")).mode & 0o777, 0o750);
    });
    const line = await userLine("bob", "root=root permissions=write");
    const args = (file: (name: string) => string): readonly string[] => {
      writeFileSync(file("users"), line);
      return ["--users", file("users"), "--user", "ann:sesame", "--anonymous=write", "--read-only"];
    };
    await withFtpd(args, async (ftpd) => {
      writeFileSync(join(ftpd.root, "a"), "old");
      for (const user of ["ann", "bob", "anonymous"]) {
        const probe = await ftpd.login(user);
        for (const verb of ["STOR a", "STOR new", "APPE a", "DELE a", "RNFR a", "MKD d", "SITE CHMOD 600 a", "STOU"]) {
          assert.match(await probe.store(verb, "x"), /^550 /, `${user}: ${verb}`);
        }
        assert.equal((await probe.fetch("RETR a")).toString(), "old");
      }
      assert.match(ftpd.process.stderr(), /: ann may read; users of \S+ may read; anybody may read, as anonymous$/m);
    });
  });

  it("holds users to quota and rates of their file, and keeps their files with the umask", async () => {
    const lines = [
      await userLine("quota", "root=root quota-bytes=100K"),
      await userLine("slow", "root=root upload-rate=400K download-rate=400K"),
    ];
    const args = (file: (name: string) => string): readonly string[] => {
      writeFileSync(file("users"), lines.join(""));
      return ["--users", file("users"), "--umask", "077"];
    };
    await withFtpd(args, async (ftpd) => {
      const full = await ftpd.login("quota");
      assert.match(await full.store("STOR a", Buffer.alloc(60_000)), /^226 /);
      assert.equal(statSync(join(ftpd.root, "a")).mode & 0o777, 0o600);
      assert.match(await full.store("STOR b", Buffer.alloc(60_000)), /^552 /);
      assert.match(await full.say("NOOP"), /^200 /);
      await Promise.all([checkRate(ftpd, "up"), checkRate(ftpd, "down")]);
    });
  });
});

/** Moves what takes two seconds at 400 KiB/s. */
async function checkRate(ftpd: Ftpd, direction: "up" | "down"): Promise<void> {
  const content = Buffer.alloc(800 * 1024, direction);
  const probe = await ftpd.login("slow");
  if (direction === "down") writeFileSync(join(ftpd.root, direction), content);
  await takesSeconds(2, async () => {
    if (direction === "up") assert.match(await probe.store(`STOR ${direction}`, content), /^226 /);
    else assert.ok((await probe.fetch(`RETR ${direction}`)).equals(content));
  });
}

async function stat(probe: Probe): Promise<readonly string[]> {
  probe.send("STAT\r\n");
  return (await probe.reply()).lines;
}
