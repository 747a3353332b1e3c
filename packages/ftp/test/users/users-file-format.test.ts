import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Permission, PermissionSet } from "../../src/users/account.js";
import { PERMISSIONS } from "../../src/users/permissions.js";
import type { UserOptions } from "../../src/users/user-options.js";
import { formatUser, parseUser } from "../../src/users/users-file-format.js";

const HASH = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA";

describe("parseUser", () => {
  it("reads a name, a hash and options", () => {
    const line = `  ann ${HASH}\troot=/srv/ann home=/in permissions=write quota-bytes=10G quota-files=100 upload-rate=1M download-rate=500 max-sessions=4 require-tls=data greeting="Hello, Ann"  `;
    assert.deepEqual(parseUser(line), {
      name: "ann",
      passwordHash: HASH,
      root: "/srv/ann",
      home: "/in",
      permissions: "write",
      quota: { bytes: 10 * 2 ** 30, files: 100 },
      uploadRate: 2 ** 20,
      downloadRate: 500,
      maxSessions: 4,
      requireTls: "data",
      greeting: "Hello, Ann",
    });
  });

  it("reads permissions by directory, in quotes where it holds spaces", () => {
    const line = `cam ${HASH} permissions=none permissions=/in:upload permissions="/a b:c:list+read"`;
    assert.deepEqual(parseUser(line)?.permissions, { "/": "none", "/in": "upload", "/a b:c": ["list", "read"] });
  });

  it("reads names in quotes", () => {
    assert.equal(parseUser(`"an \\"n" ${HASH}`)?.name, 'an "n');
    assert.equal(parseUser(`"#1" ${HASH}`)?.name, "#1");
  });

  it("takes empty lines and comments for nothing", () => {
    for (const line of ["", "   ", "\t", "# ann", "  #", `#ann ${HASH}`]) assert.equal(parseUser(line), null);
  });

  it("says what it expected, and never shows the hash", () => {
    const wrong = [
      [HASH.slice(0, 60), /an argon2id hash after the name/],
      ["ann", /an argon2id hash after the name/],
      ["ann secret", /an argon2id hash after the name/],
      [`ann root=/srv ${HASH}`, /an argon2id hash after the name/],
      [`root=/srv ${HASH}`, /a name first/],
      [`"" ${HASH}`, /a name first/],
      [`ann ${HASH} /srv`, /one of root=, .* in place of "\/srv"/],
      [`ann ${HASH} rot=/srv`, /one of root=, .* in place of "rot=\/srv"/],
      [`ann ${HASH} constructor=1`, /one of root=/],
      [`ann ${HASH} root=`, /a value behind root=/],
      [`ann ${HASH} root=/a root=/b`, /root= once/],
      [`ann ${HASH} quota-bytes=10X`, /a whole number, or one with K, M, G or T, as quota-bytes=/],
      [`ann ${HASH} quota-bytes=9999999999999999T`, /a whole number/],
      [`ann ${HASH} max-sessions=1K`, /a whole number as max-sessions=/],
      [`ann ${HASH} require-tls=true`, /yes, no or data as require-tls=/],
      [`ann ${HASH} permissions=all`, /some of none, read, .* as permissions=/],
      [`ann ${HASH} permissions=read permissions=write`, /one permissions= for "\/"/],
      [`ann ${HASH} root="/srv`, /a word, or one in double quotes, at/],
      [`ann ${HASH} root="/s\\x"`, /text in double quotes as in JSON/],
      [`ann ${HASH} root=/my"files"`, /a word, or one in double quotes/],
    ] as const;
    for (const [line, message] of wrong) {
      assert.throws(
        () => parseUser(line),
        (error: Error) => error instanceof SyntaxError && message.test(error.message) && !error.message.includes(HASH),
        line,
      );
    }
  });

  it("reads any line or says what is wrong with it, in time that grows with its length alone", () => {
    const parts = fc.constantFrom("ann", HASH, '"', "\\", " ", "=", "root=", "permissions=", "/:", "#", "\t", "a+b");
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), (line) => {
        try {
          parseUser(line.join(""));
        } catch (error) {
          assert.ok(error instanceof SyntaxError);
        }
      }),
    );
    const since = performance.now();
    assert.throws(() => parseUser(`ann ${HASH} root="${'\\"'.repeat(100_000)}`), SyntaxError);
    assert.ok(performance.now() - since < 1000);
  });
});

describe("formatUser", () => {
  it("makes what parseUser reads back, whatever the user", () => {
    const text = fc.string({ unit: "binary", minLength: 1, maxLength: 12 });
    const path = fc.array(fc.stringMatching(/^[^/\0]{1,5}$/u)).map((names) => `/${names.join("/")}`);
    const set: fc.Arbitrary<PermissionSet> = fc.oneof(
      fc.constantFrom<PermissionSet>("none", "read", "upload", "write"),
      fc.subarray([...PERMISSIONS] as Permission[], { minLength: 1 }),
    );
    const count = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
    const user = fc.record(
      {
        name: text,
        passwordHash: fc.constant(HASH),
        root: text,
        home: path,
        greeting: fc.string(),
        permissions: fc.oneof(
          set,
          fc.dictionary(path, set).map((sets) => ({ "/": "read" as const, ...sets })),
        ),
        quota: fc.record({ bytes: count, files: count }, { noNullPrototype: true }),
        uploadRate: count,
        downloadRate: count,
        maxSessions: count,
        requireTls: fc.constantFrom(true, false, "data" as const),
      },
      { requiredKeys: ["name", "passwordHash"], noNullPrototype: true },
    );
    fc.assert(
      fc.property(user, (user) => {
        const line = formatUser(user);
        assert.doesNotMatch(line, /[\r\n]/);
        assert.deepEqual(parseUser(line), user);
      }),
    );
  });

  it("asks for what a line can tell", () => {
    assert.throws(() => formatUser({ name: "ann", password: "secret" }), /expected passwordHash/);
    const storage = {} as NonNullable<UserOptions["storage"]>;
    assert.throws(() => formatUser({ name: "ann", passwordHash: HASH, storage }), /expected root/);
  });
});
