import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { controlDirectory, defaultControlPath, findControlPaths, pidOfPath } from "../../src/control/control-path.js";
import { controlFolder, isUnix } from "./control-folder.js";

describe("defaultControlPath()", { skip: !isUnix }, () => {
  it("is in the user's runtime directory, else in one of the user's own for temporary files", (t) => {
    const { env, path } = controlFolder(t);
    assert.equal(defaultControlPath(env, 12), join(path, "belfry", "12.sock"));
    const fallback = join(tmpdir(), `belfry-${process.getuid?.()}`);
    assert.equal(controlDirectory({}), fallback);
    assert.equal(controlDirectory({ XDG_RUNTIME_DIR: "/not/there" }), fallback);
  });
});

describe("pidOfPath()", () => {
  it("reads the process id of a default path alone", () => {
    assert.equal(pidOfPath("/run/belfry/4711.sock"), 4711);
    assert.equal(pidOfPath("/run/belfry/control.sock"), null);
  });
});

describe("findControlPaths()", { skip: !isUnix }, () => {
  it("lists sockets alone, and no more than 256", (t) => {
    const { env, path } = controlFolder(t);
    assert.deepEqual(findControlPaths(env), []);
    mkdirSync(join(path, "belfry"), { mode: 0o700 });
    for (let pid = 1; pid <= 300; pid += 1) writeFileSync(join(path, "belfry", `${pid}.sock`), "");
    writeFileSync(join(path, "belfry", "notes"), "");
    const found = findControlPaths(env);
    assert.equal(found.length, 256);
    assert.ok(found.every((each) => each.endsWith(".sock")));
  });
});
