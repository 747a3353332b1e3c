import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import { CANNOT_RECORD, recordSession, withoutChance } from "./ftp/record-session.js";
import { ftpdSite } from "./ftp/site.js";

const PAGE = new URL("../docs/ftp-session.txt", import.meta.url);

describe("docs/ftp-session.txt", { skip: CANNOT_RECORD }, () => {
  const site = ftpdSite();

  // `RECORD=1 npm test -- interop/ftp-session` records it anew.
  it("is what terminals show", async () => {
    const session = await recordSession(site);
    if (process.env["RECORD"] === "1") writeFileSync(PAGE, session);
    assert.equal(withoutChance(readFileSync(PAGE, "utf8")), withoutChance(session));
  });
});
