import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { memoryStorage } from "../../src/storage/memory-storage.js";
import { withFtp } from "../support/with-ftp.js";
import type { Running } from "../support/with-ftp.js";
import { onDisk } from "./on-disk.js";

/** Names a byte a character, as they are on the wire. */
const NAMES = [
  "with space",
  " lead",
  "trail ",
  'a "quoted" name',
  "-dash",
  "%s%n%d",
  "caf\xc3\xa9",
  "latin-\xe9",
  "\xc3",
  "\xed\xa0\x80",
  "\xf4\x90\x80\x80 end",
  "\xfe\x80",
  "226 Transfer complete",
  "*",
  "[a]",
  "x".repeat(255),
  "\xc3\xa9".repeat(127),
];

/** What a byte 0xFF in a name is sent as (RFC 854); none of the names above holds one. */
const WITH_FF = ["a\xffb", "\xff\xff"];

async function roundTrip({ login }: Running): Promise<void> {
  const probe = await login();
  await probe.say("TYPE I");
  for (const name of [...NAMES, ...WITH_FF]) {
    const wire = name.replaceAll("\xff", "\xff\xff");
    assert.match(await probe.store(`STOR ${wire}`, Buffer.from(name, "latin1")), /^226 /, name);
    const listed = (await probe.fetch("NLST")).toString("latin1");
    assert.equal(listed, `${name}\r\n`, "NLST");
    const facts = (await probe.fetch("MLSD")).toString("latin1");
    assert.ok(facts.endsWith(` ${name}\r\n`), "MLSD");
    assert.equal((await probe.fetch(`RETR ${wire}`)).toString("latin1"), name);
    assert.match(await probe.say(`RNFR ${wire}`), /^350 /);
    assert.match(await probe.say("RNTO other"), /^250 /);
    assert.match(await probe.say("RNFR other"), /^350 /);
    assert.match(await probe.say(`RNTO ${wire}`), /^250 /);
    assert.match(await probe.say(`DELE ${wire}`), /^250 /);
    assert.match(await probe.say(`MKD ${wire}`), /^257 /);
    assert.match(await probe.say(`CWD ${wire}`), /^250 /);
    const shown = await probe.say("PWD");
    assert.ok(shown.includes(`"/${wire.replaceAll('"', '""')}"`), shown);
    assert.match(await probe.say("CWD /"), /^250 /);
    assert.match(await probe.say(`RMD ${wire}`), /^250 /);
  }
}

async function refusals({ login }: Running): Promise<void> {
  const probe = await login();
  const long = "y".repeat(256);
  assert.match(await probe.store(`STOR ${long}`, "x"), /^553 /);
  assert.match(await probe.say(`MKD ${long}`), /^553 /);
  for (const control of ["\x01", "\x08", "\t", "\x1b[2J", "\x7f", "\0", "\r", "\r\0"]) {
    const name = `a${control}b`;
    assert.match(await probe.store(`STOR ${name}`, "x"), /^553 /, JSON.stringify(control));
    for (const verb of ["MKD", "DELE", "SIZE", "CWD", "RNFR", "MLST"]) {
      assert.match(await probe.say(`${verb} ${name}`), /^553 /, `${verb} ${JSON.stringify(control)}`);
    }
  }
  assert.equal(String(await probe.fetch("NLST")), "");
}

describe("Names through the service", () => {
  it("come back byte for byte from memory", () => withFtp({ files: memoryStorage() }, roundTrip));
  it("come back byte for byte from the disk", { skip: process.platform !== "linux" }, () => onDisk(roundTrip));
  it("are refused over 255 bytes and with control bytes, in memory", () => withFtp({}, refusals));
  it("are refused over 255 bytes and with control bytes, on the disk", () => onDisk(refusals));

  it("forge no line of a listing", { skip: process.platform !== "linux" }, () =>
    onDisk(async ({ root, login }) => {
      fs.writeFileSync(join(root, "ev\r\n-rw-r--r-- 1 0 0 5 Jan  1 00:00 forged"), "");
      fs.writeFileSync(join(root, "ev\x1b[2J"), "");
      const probe = await login();
      for (const verb of ["LIST", "NLST", "MLSD"]) {
        const lines = String(await probe.fetch(verb)).split("\r\n");
        assert.equal(lines.length, 3, verb);
        assert.ok(!lines.some((line) => /^-rw.* forged$/.test(line) && !line.includes("ev??")), verb);
        assert.ok(!lines.some((line) => /[\0-\x1f\x7f]/.test(line)), verb);
      }
    }),
  );
});
