import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { basename } from "node:path";
import { describe, it } from "node:test";
import { findConfigFile } from "../../../src/config/source/find-config-file.js";
import { type Temporary, temporary } from "../../trouble/temporary.js";

function find({ directory }: Temporary, served?: string | null): string | null {
  const found = findConfigFile({ file: null, directory, served });
  return found === null ? null : basename(found);
}

describe("findConfigFile()", () => {
  it("finds the one there is, and none where none is", (t) => {
    const files = temporary(t, { "belfry.config.txt": "", "other.config.ts": "" });
    assert.equal(find(files), null);
    files.write("belfry.config.toml", "");
    assert.equal(find(files), "belfry.config.toml");
  });

  it("misses the one that was served, unless another is there", (t) => {
    const files = temporary(t, {});
    assert.equal(find(files, null), null);
    assert.throws(
      () => find(files, "/srv/belfry.config.ts"),
      /^ConfigError: Cannot read config "\/srv\/belfry\.config\.ts": it is there no more, and no other belfry\.config\.\* beside it$/,
    );
    files.write("belfry.config.yaml", "");
    assert.equal(find(files, "/srv/belfry.config.ts"), "belfry.config.yaml");
  });

  it("does not look past one that is no file", (t) => {
    const [folder, link] = [temporary(t, {}), temporary(t, {})];
    mkdirSync(folder.path("belfry.config.js"));
    assert.throws(() => find(folder), /Cannot read config "belfry\.config\.js": it is a directory/);
    folder.write("belfry.config.ts", "");
    assert.throws(() => find(folder), /"belfry\.config\.ts" and "belfry\.config\.js" are side by side/);
    if (process.platform === "win32") return;
    symlinkSync("nowhere", link.path("belfry.config.json"));
    assert.throws(() => find(link), /Cannot read config "belfry\.config\.json": it is a link to what is not there/);
  });

  it("says when it cannot look", { skip: process.platform === "win32" }, (t) => {
    const files = temporary(t, { "belfry.config.ts": "" });
    const directory = files.path("belfry.config.ts");
    assert.throws(() => findConfigFile({ file: null, directory }), /Cannot look for a config in ".*": ENOTDIR$/);
  });
});
