import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { END, formatBlock, formatCell, replaceBlock, START } from "../src/tables.mjs";

/** @import { Result } from "../src/types.js" */

const ratio = (/** @type {number} */ median) => ({ median, low: median, high: median });

/** @type {Result} */
const RESULT = {
  workload: "echo",
  title: "Echo",
  about: "There and back.",
  reference: "go",
  takenAt: "2026-01-02T03:04:05.000Z",
  command: "npm run bench -- echo",
  commit: "abc",
  machine: { cpu: "Abacus", cores: 2, memoryGiB: 4, system: "Linux 6" },
  versions: { node: "v24.1.0", go: "go version go1.19.8 linux/amd64" },
  method: "by hand",
  rounds: 3,
  cases: [
    { name: "1", title: "one" },
    { name: "2", title: "two" },
  ],
  peers: [
    { name: "go", label: "Go" },
    { name: "bun", label: "Bun" },
    { name: "belfry-read", label: "Belfry" },
  ],
  columns: [
    { title: "operations a second", figure: "rate", format: "ratio" },
    { title: "seconds skipped", figure: "skipped", format: "count" },
  ],
  rows: [
    row("go", "1", 1),
    row("belfry-read", "1", 1.05),
    { ...row("belfry-read", "2", 12.34), isNoisy: true, figures: { skipped: 1294 } },
  ],
  missing: [{ peer: "bun", reason: "Bun is missing" }],
};

/**
 * @param {string} peer
 * @param {string} at
 * @param {number} rate
 */
function row(peer, at, rate) {
  return {
    case: at,
    peer,
    samples: 3,
    taken: 3,
    isNoisy: false,
    figures: { skipped: 0 },
    ratios: { rate: ratio(rate) },
  };
}

describe("formatBlock", () => {
  const text = formatBlock([RESULT]);

  it("makes a row of each peer that was measured and a column of each case", () => {
    const table = text.split("\n").filter((line) => line.startsWith("|"));
    assert.deepEqual(table, [
      "|            |       one |            two |",
      "| ---------- | --------: | -------------: |",
      "| Go         | 1.00× / 0 |                |",
      "| **Belfry** | 1.05× / 0 | ~12.3× / 1,294 |",
    ]);
  });

  it("says what is shown, where it comes from and what is left out", () => {
    assert.match(text, /^Abacus, 2 cores, 4 GiB, Linux 6; Node 24\.1\.0, Go 1\.19\.8\.$/m);
    assert.match(text, /operations a second \/ seconds skipped, as ratios to Go where they are ×/);
    assert.match(text, /`~`: too few undisturbed samples/);
    assert.match(text, /Taken 2026-01-02 at `abc`/);
    assert.match(text, /^Left out: bun \(Bun is missing\)\.$/m);
  });

  it("says so when there is nothing yet", () => {
    assert.equal(formatBlock([]), "No results yet: `npm run bench`.");
  });
});

describe("formatCell", () => {
  it("shows a dash for a figure that was not taken, and nothing for a row that is not there", () => {
    const [first] = RESULT.rows;
    assert.equal(
      formatCell(RESULT, { .../** @type {typeof RESULT.rows[0]} */ (first), ratios: {}, figures: {} }),
      "– / –",
    );
    assert.equal(formatCell(RESULT, undefined), "");
  });
});

describe("replaceBlock", () => {
  it("replaces what stands between the marks and nothing else", () => {
    const once = replaceBlock(`before\n${START}\nold\n${END}\nafter\n`, "new");
    assert.equal(once, `before\n${START}\n\nnew\n\n${END}\nafter\n`);
    assert.equal(replaceBlock(once, "new"), once);
  });

  it("refuses a text without the marks, or with two of one", () => {
    for (const text of ["", START, `${END}${START}`, `${START}${END}${END}`, `${START}${START}${END}`]) {
      assert.throws(() => replaceBlock(text, "new"), /Cannot place the tables/);
    }
  });
});
