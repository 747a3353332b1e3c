import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Permission, Permissions } from "../../src/users/account.js";
import { isAllowed, PERMISSIONS } from "../../src/users/permissions.js";

const allowed = (permissions: Permissions | undefined, path = "/a"): readonly Permission[] =>
  PERMISSIONS.filter((permission) => isAllowed(permissions, permission, path));

describe("isAllowed", () => {
  it("knows what the names of sets stand for", () => {
    assert.deepEqual(allowed("none"), []);
    assert.deepEqual(allowed("read"), ["list", "read"]);
    assert.deepEqual(allowed("upload"), ["list", "create"]);
    assert.deepEqual(allowed("write"), PERMISSIONS);
    assert.deepEqual(allowed(["delete"]), ["delete"]);
  });

  it("takes nothing said for read", () => {
    assert.deepEqual(allowed(undefined), ["list", "read"]);
  });

  it("lets the longest directory that holds the path decide, in whatever order they stand", () => {
    const permissions = { "/in/deep": "none", "/": "read", "/in": "upload" } as const;
    assert.deepEqual(allowed(permissions, "/x"), ["list", "read"]);
    assert.deepEqual(allowed(permissions, "/in/x"), ["list", "create"]);
    assert.deepEqual(allowed(permissions, "/in/deep/er/x"), []);
  });

  it("compares whole names", () => {
    const permissions = { "/": "none", "/in": "write" } as const;
    assert.equal(isAllowed(permissions, "read", "/inside/x"), false);
    assert.equal(isAllowed(permissions, "read", "/in2"), false);
    assert.equal(isAllowed(permissions, "read", "/in/x"), true);
  });

  it("lets a directory's own set decide what is done in it, and the one above what is done to it", () => {
    const permissions = { "/": "read", "/in": "write" } as const;
    for (const permission of ["list", "create", "setMode"] as const) {
      assert.equal(isAllowed(permissions, permission, "/in"), true, permission);
    }
    for (const permission of ["delete", "makeDirectory", "removeDirectory", "rename"] as const) {
      assert.equal(isAllowed(permissions, permission, "/in"), false, permission);
      assert.equal(isAllowed(permissions, permission, "/in/x"), true, permission);
    }
  });

  it("refuses to rename what holds a directory with a set of its own", () => {
    const permissions = { "/": "write", "/a/secret": "none" } as const;
    assert.equal(isAllowed(permissions, "rename", "/a"), false);
    assert.equal(isAllowed(permissions, "rename", "/a/secret"), false);
    assert.equal(isAllowed(permissions, "rename", "/a/other"), true);
  });

  it("allows nothing where no directory holds the path", () => {
    assert.deepEqual(allowed({ "/in": "write" }, "/out"), []);
  });

  it("gives below a directory what the one set gives, for any path", () => {
    const names = fc.array(fc.stringMatching(/^[^/\0]{1,5}$/u), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(names, names, (directory, rest) => {
        const path = `/${directory.join("/")}`;
        const below = `${path}/${rest.join("/")}`;
        assert.deepEqual(allowed({ "/": "none", [path]: "write" }, below), PERMISSIONS);
        assert.deepEqual(allowed({ "/": "none", [path]: "write" }, `${path}x/${rest.join("/")}`), []);
      }),
    );
  });
});
