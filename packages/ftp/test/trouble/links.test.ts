import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { whileSwapping } from "../storage/swapper.js";
import type { Probe } from "../support/probe.js";
import { onDisk } from "./on-disk.js";

const TRIES = 10_000;
/** Tries that go out together, in one segment. */
const BATCH = 100;
const SECRET = "a secret of another length";

/** Commands that go through `place`, which leads out of the root now and then. */
const COMMANDS = [
  "SIZE place/only",
  "MDTM place/only",
  "HASH place/only",
  "MLST place/only",
  "DELE place/only",
  "MKD place/made",
  "RMD place/empty",
  "SITE CHMOD 777 place/only",
  "MFMT 20000101000000 place/only",
  "STAT place/only",
  "XCRC place/only",
  "CWD place/below",
];

/** All that is below a directory: names, contents, modes, times. */
function describeTree(path: string): readonly string[] {
  const stats = fs.lstatSync(path);
  const own = `${path} ${stats.mode.toString(8)} ${stats.mtimeMs} ${stats.nlink}`;
  if (!stats.isDirectory()) return [`${own} ${fs.readFileSync(path, "latin1")}`];
  return [own, ...fs.readdirSync(path).flatMap((name) => describeTree(join(path, name)))];
}

async function fetched(probe: Probe, command: string): Promise<string> {
  try {
    return String(await probe.fetch(command));
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
}

describe("Links out of the root, through the service", { skip: process.platform !== "linux" }, () => {
  it(`show, change and tell nothing of the outside in ${TRIES} tries`, { timeout: 110_000 }, () =>
    onDisk(async ({ root, outside, login }) => {
      for (const path of [join(root, "place"), join(outside, "empty"), join(outside, "below")]) fs.mkdirSync(path);
      for (const name of ["only", "never-inside"]) fs.writeFileSync(join(outside, name), SECRET);
      fs.writeFileSync(join(root, "place", "inside"), "inside");
      fs.writeFileSync(join(root, "mine"), "mine");
      fs.symlinkSync(outside, join(root, "link"));
      const before = describeTree(outside);
      const probe = await login();
      await probe.say("TYPE I");
      const seen = new Set<string>();
      await whileSwapping(join(root, "place"), join(root, "link"), async () => {
        let tries = 0;
        while (tries < TRIES) {
          probe.send(`${Array.from({ length: BATCH }, (_, at) => COMMANDS[at % COMMANDS.length]).join("\r\n")}\r\n`);
          for (let at = 0; at < BATCH; at += 1) {
            const { code, lines } = await probe.reply();
            const command = COMMANDS[at % COMMANDS.length] ?? "";
            // A directory that is really inside may be made there, and nothing else of these is there.
            if (command !== "MKD place/made" || code !== 257) seen.add(`${code} ${lines.join("|")}`);
          }
          tries += BATCH;
          for (const command of [
            "LIST place",
            "NLST place",
            "MLSD place",
            "RETR place/only",
            "RETR place/never-inside",
          ]) {
            const answer = await fetched(probe, command);
            assert.ok(!/secret|never-inside|only/.test(answer), `${command}: ${answer}`);
            tries += 1;
          }
          const stored = await probe.store("STOR place/new", "x");
          const renamed = (await probe.say("RNFR mine")).startsWith("350") ? await probe.say("RNTO place/mine") : "";
          await probe.say("RNFR place/mine");
          await probe.say("RNTO mine");
          assert.match(stored, /^(?:226|550) /);
          assert.match(renamed, /^(?:250|550|) ?/);
          tries += 3;
        }
      });
      assert.deepEqual(describeTree(outside), before);
      // The same for what is outside as for what is nowhere.
      const allowed = /^550 550 (?:No such file or directory|It exists already)$/;
      assert.deepEqual(
        [...seen].filter((answer) => !allowed.test(answer)),
        [],
      );
    }),
  );

  it("are answered as what is not there", () =>
    onDisk(async ({ root, outside, login }) => {
      fs.writeFileSync(join(outside, "file"), SECRET);
      fs.mkdirSync(join(outside, "d"));
      for (const [link, target] of [
        ["out", outside],
        ["file-link", join(outside, "file")],
      ] as const) {
        fs.symlinkSync(target, join(root, link));
      }
      fs.symlinkSync(join(outside, "nothing"), join(root, "broken"));
      const probe = await login();
      await probe.say("TYPE I");
      for (const verb of [
        "SIZE",
        "MDTM",
        "HASH",
        "MLST",
        "CWD",
        "DELE",
        "RMD",
        "STAT",
        "RNFR",
        "XMD5",
        "AVBL",
        "MKD",
      ]) {
        const missing = await probe.say(`${verb} none/file`);
        assert.equal(await probe.say(`${verb} out/file`), missing, verb);
        assert.equal(await probe.say(`${verb} out/none`), missing, verb);
        assert.equal(await probe.say(`${verb} out/d`), missing, verb);
      }
      for (const verb of ["SIZE", "MDTM", "HASH", "CWD"]) {
        assert.equal(await probe.say(`${verb} file-link`), await probe.say(`${verb} broken`), verb);
      }
      for (const verb of ["LIST", "NLST", "MLSD", "RETR"]) {
        assert.equal(await fetched(probe, `${verb} out/file`), await fetched(probe, `${verb} none/file`), verb);
      }
      assert.equal(await probe.store("STOR out/new", "x"), await probe.store("STOR none/new", "x"));
      assert.deepEqual(fs.readdirSync(outside).sort(), ["d", "file"]);
    }));
});
