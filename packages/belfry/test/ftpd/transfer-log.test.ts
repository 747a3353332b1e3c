import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { TransferEvent } from "@belfry/ftp";
import { openLineFile } from "../../src/ftpd/line-file.js";
import { formatJson, formatXferlog } from "../../src/ftpd/transfer-log.js";

const EVENT: TransferEvent = {
  session: {
    id: "ftp#7",
    remoteAddress: "192.0.2.1",
    localAddress: "192.0.2.2",
    isSecure: true,
    user: "ann",
    directory: "/",
    client: null,
    transfer: null,
  },
  user: "ann",
  path: "/pub/a file\n2",
  bytes: 1234,
  start: 0,
  duration: 2600,
  isComplete: true,
  error: null,
  digest: null,
  verb: "RETR",
  type: "I",
};

describe("formatXferlog()", () => {
  const at = new Date(2026, 10, 5, 8, 2, 30);

  it("has the fields of xferlog(5), none of which holds a space", () => {
    assert.equal(
      formatXferlog(EVENT, "download", at),
      "Thu Nov  5 08:02:30 2026 3 192.0.2.1 1234 /pub/a_file_2 b _ o r ann ftp 0 * c",
    );
  });

  it("tells uploads, text, anonymous users and what is incomplete", () => {
    const event = { ...EVENT, user: "anonymous", type: "A", isComplete: false, duration: 10 } as const;
    assert.match(formatXferlog(event, "upload", at), / 1 192\.0\.2\.1 1234 \S+ a _ i a anonymous ftp 0 \* i$/);
  });
});

describe("formatJson()", () => {
  it("is one line with everything there is to say", () => {
    const line = formatJson({ ...EVENT, isComplete: false, error: new Error("cut") }, "upload", new Date(0));
    assert.ok(!line.includes("\n"));
    assert.deepEqual(JSON.parse(line), {
      time: "1970-01-01T00:00:00.000Z",
      direction: "upload",
      user: "ann",
      path: "/pub/a file\n2",
      bytes: 1234,
      start: 0,
      duration: 2600,
      isComplete: false,
      error: "cut",
      digest: null,
      verb: "RETR",
      type: "I",
      id: "ftp#7",
      remoteAddress: "192.0.2.1",
      isSecure: true,
    });
  });
});

describe("LineFile", () => {
  let folder: string;
  const file = (name: string): string => join(folder, name);
  before(() => (folder = mkdtempSync(join(tmpdir(), "belfry-lines-"))));
  after(() => rmSync(folder, { recursive: true }));

  function open(path: string): { lines: ReturnType<typeof openLineFile>; errors: string[] } {
    const errors: string[] = [];
    return { lines: openLineFile(path, ({ message }) => errors.push(message)), errors };
  }

  it("adds lines in order behind what is there, and is nobody else's to read", async () => {
    const { lines } = open(file("log"));
    for (let i = 0; i < 100; i += 1) lines.write(`line ${i}`);
    await lines.written();
    lines.write("later");
    await lines.written();
    const expected = [...Array.from({ length: 100 }, (_, i) => `line ${i}`), "later", ""].join("\n");
    assert.equal(readFileSync(file("log"), "utf8"), expected);
    const again = open(file("log"));
    again.lines.write("again");
    await again.lines.written();
    assert.equal(readFileSync(file("log"), "utf8"), `${expected}again\n`);
    assert.equal(statSync(file("log")).mode & 0o007, 0);
  });

  it("begins a new file when the old one was moved away", async () => {
    const { lines } = open(file("rotated"));
    lines.write("one");
    await lines.written();
    renameSync(file("rotated"), file("rotated.1"));
    lines.write("two");
    await lines.written();
    assert.equal(readFileSync(file("rotated.1"), "utf8"), "one\n");
    assert.equal(readFileSync(file("rotated"), "utf8"), "two\n");
  });

  it("tells once that lines are lost, and goes on when they can be written again", async () => {
    const { lines, errors } = open(file("lost"));
    rmSync(file("lost"));
    mkdirSync(file("lost"));
    for (const line of ["one", "two"]) {
      lines.write(line);
      await lines.written();
    }
    assert.deepEqual(errors, [`Cannot write transfer log "${file("lost")}": EISDIR`]);
    rmdirSync(file("lost"));
    lines.write("three");
    await lines.written();
    assert.equal(readFileSync(file("lost"), "utf8"), "three\n");
    mkdirSync(file("d"));
    chmodSync(file("d"), 0o700);
    assert.throws(() => open(file("d")), /^Error: Cannot write transfer log "\S+": EISDIR$/);
  });

  it("loses what a slow disk leaves waiting beyond 4 MiB, and tells when it begins and how much it was", async () => {
    const { lines, errors } = open(file("slow"));
    const line = "x".repeat(1 << 20);
    // All in one tick: the first is being written, four wait.
    for (let i = 0; i < 8; i += 1) lines.write(line);
    assert.deepEqual(errors, [`Cannot write transfer log "${file("slow")}": the disk is too slow`]);
    await lines.written();
    assert.equal(readFileSync(file("slow"), "utf8"), `${line}\n`.repeat(5));
    assert.deepEqual(errors.slice(1), [`Cannot write transfer log "${file("slow")}": 3 lines were lost`]);
    lines.write("later");
    await lines.written();
    assert.equal(errors.length, 2);
  });
});
