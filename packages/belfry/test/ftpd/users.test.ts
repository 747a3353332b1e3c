import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { memoryStorage, type Permissions } from "@belfry/ftp";
import { Diary } from "../../src/log/diary.js";
import { readOnly } from "../../src/ftpd/read-only.js";
import { logTo } from "../log/log-to.js";

const ATTEMPT = {
  sessionId: "",
  remoteAddress: "",
  localAddress: "",
  isSecure: false,
  signal: new AbortController().signal,
};
const CREDENTIALS = { user: "ann", password: "", host: null, certificate: null };

async function permissionsOf(permissions: Permissions | undefined): Promise<Permissions | undefined> {
  const account = { name: "ann", storage: memoryStorage(), ...(permissions !== undefined && { permissions }) };
  return (await readOnly(() => account)(CREDENTIALS, ATTEMPT))?.permissions;
}

describe("readOnly()", () => {
  it("leaves of all permissions those to list and to read", async () => {
    assert.equal(await permissionsOf(undefined), "read");
    assert.equal(await permissionsOf("write"), "read");
    assert.equal(await permissionsOf("none"), "none");
    assert.deepEqual(await permissionsOf("upload"), ["list"]);
    assert.deepEqual(await permissionsOf(["delete", "read", "create"]), ["read"]);
    assert.deepEqual(await permissionsOf({ "/": "write", "/in": "upload", "/x": ["rename"] }), {
      "/": "read",
      "/in": ["list"],
      "/x": [],
    });
  });

  it("lets nobody in who may not", async () => {
    assert.equal(await readOnly(() => null)(CREDENTIALS, ATTEMPT), null);
  });
});

describe("Diary", () => {
  it("keeps what is written before the log is there, and passes the rest on", () => {
    const diary = new Diary();
    const lines: unknown[][] = [];
    diary.write("info", "early", { a: 1 });
    diary.open(logTo((...line) => void lines.push(line)));
    diary.write("error", "late");
    assert.deepEqual(lines, [
      ["info", "early", { a: 1 }],
      ["error", "late", undefined],
    ]);
  });
});
