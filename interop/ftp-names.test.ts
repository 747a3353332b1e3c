import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { readContents } from "./ftp/files.js";
import { NAME_CLIENTS } from "./ftp/name-clients.js";
import { ftpdSite } from "./ftp/site.js";

/** Names of files, their bytes as Latin-1. */
const NAMES: readonly string[] = [
  "plain",
  "with space",
  "two  spaces",
  " space first",
  "space last ",
  'say "hi"',
  "it's",
  "-la",
  "--help",
  "-",
  "100%",
  "%s%n%x",
  "a,b;c=d",
  "back\\slash",
  "a*b?",
  "[x]{y}",
  "#hash~tilde",
  "$HOME `id`",
  "a -> b",
  "Jan  1 12:00 x",
  "!bang|pipe>out",
  ".hidden",
  "x".repeat(255),
  Buffer.from("naïve ☃ 𝄞").toString("latin1"),
  Buffer.from("é".repeat(127)).toString("latin1"),
  "not utf-8 \xe9\xff!\x80",
];

describe("names", () => {
  const site = ftpdSite();

  for (const { name, skip, cannot, transfer } of NAME_CLIENTS) {
    it(`are the same on both sides of ${name}, there and back`, { skip }, async () => {
      const names = NAMES.filter((text) => !cannot.test(text));
      mkdirSync(join(site.local, "here"));
      for (const text of names) {
        const path = Buffer.concat([Buffer.from(`${site.local}/here/`), Buffer.from(text, "latin1")]);
        writeFileSync(path, `<${text}>`);
      }
      const expected = readContents(join(site.local, "here"));
      await transfer(site, names);
      assert.deepEqual(readContents(join(site.root, "there")), expected, "there");
      assert.deepEqual(readContents(join(site.local, "back/there")), expected, "back");
    });
  }
});
