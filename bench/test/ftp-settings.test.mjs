import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { scriptSettings, SETTINGS } from "../src/ftp/settings.mjs";

const PASSIVE = { from: 10_000, to: 12_999 };
let settings = "";
beforeEach(() => {
  settings = mkdtempSync(join(tmpdir(), "belfry-ftp-settings-"));
});
afterEach(() => rmSync(settings, { recursive: true, force: true }));

/** @param {boolean} isSecure */
function place(isSecure) {
  const nothing = () => {};
  const files = { root: "/files", settings, certificate: "/c.pem", key: "/k.pem", both: "/b.pem" };
  const folder = { ...files, uploads: () => [], removeUploads: nothing, remove: nothing };
  return { folder, port: 2121, passive: PASSIVE, isSecure };
}

describe("scriptSettings", () => {
  it("puts all on the command line, certificate and key only for TLS", () => {
    assert.deepEqual(scriptSettings(place(false)).args, ["2121", "/files", "10000", "12999"]);
    assert.deepEqual(scriptSettings(place(true)).args.slice(4), ["/c.pem", "/k.pem"]);
  });
});

describe("SETTINGS", () => {
  it("gives every daemon its port and its passive ports, and TLS only when asked", () => {
    for (const [name, settle] of Object.entries(SETTINGS)) {
      for (const isSecure of [false, true]) {
        const { args } = settle(place(isSecure));
        const file = args.find((word) => word.endsWith(".conf"));
        const text = [...args, file === undefined ? "" : readFileSync(file, "utf8")].join("\n");
        assert.match(text, /\b2121\b/, name);
        assert.match(text, /\b10000\b[^]*\b12999\b/, name);
        assert.equal(/\/(?:b|c)\.pem/.test(text), isSecure, name);
      }
    }
  });
});
