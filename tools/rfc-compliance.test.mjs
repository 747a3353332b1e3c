import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatPage } from "./rfc-compliance.mjs";

const RETR = {
  name: "RETR",
  syntax: "<SP> a | b",
  source: "RFC 959 §4.1.3",
  help: "Sends a file.",
  needsData: true,
  permission: "read",
};

describe("formatPage()", () => {
  it("has a row for each verb under its RFC, with what it needs", () => {
    const page = formatPage([RETR], []);
    assert.match(page, /^## RFC 959: .*$\n\n^\| Command /m);
    assert.ok(page.includes("| `RETR <SP> a \\| b` | RFC 959 §4.1.3 | login, data, `read` |      | Sends a file. |"));
  });

  it("changes when a verb does", () => {
    assert.notEqual(formatPage([RETR], []), formatPage([{ ...RETR, isPublic: true }], []));
    assert.notEqual(formatPage([RETR], []), formatPage([{ ...RETR, feature: "RETR" }], []));
  });

  it("leaves out an RFC nothing is from, and keeps what is from none", () => {
    const page = formatPage([{ ...RETR, name: "CLNT", source: "in use, without a specification" }], []);
    assert.ok(!page.includes("## RFC 959"));
    assert.match(page, /^## Drafts, and what is in use[^]*`CLNT/m);
  });

  it("tells what is declined, and why", () => {
    assert.match(formatPage([], [{ name: "SMNT", source: "RFC 959", reason: "One tree." }]), /\| SMNT .* One tree\./);
  });
});
