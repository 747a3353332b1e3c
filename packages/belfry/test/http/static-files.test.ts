import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { pagePolicy } from "../../src/http/page-policy.js";
import { readStaticFile } from "../../src/http/static-files.js";
import { withSite } from "../debug/debug-site.js";

describe("readStaticFile()", () => {
  it("gives assets and what is used of other packages", async () => {
    const files: readonly [path: string, type: string][] = [
      ["theme.css", "text/css; charset=utf-8"],
      ["index.html", "text/html; charset=utf-8"],
      ["icon.svg", "image/svg+xml"],
      ["vendor/uplot/uPlot.esm.js", "text/javascript; charset=utf-8"],
      ["vendor/uplot/uPlot.min.css", "text/css; charset=utf-8"],
      ["vendor/lit-html/lit-html.js", "text/javascript; charset=utf-8"],
      ["vendor/lit-html/directives/repeat.js", "text/javascript; charset=utf-8"],
    ];
    for (const [path, type] of files) {
      const file = await readStaticFile(path);
      assert.equal(file?.type, type, path);
      assert.ok(file.content.length > 0);
    }
  });

  it("gives nothing that is not meant to be given", async () => {
    for (const path of [
      "../package.json",
      "../../package.json",
      "vendor/uplot/../package.json",
      "vendor/lit-html/../uplot/package.json",
      "vendor/zod/index.js",
      "vendor/../../../package.json",
      "vendor/uplot",
      "vendor/uplot/",
      "/etc/hostname.txt",
      "//etc/hostname.txt",
      ".hidden.txt",
      "folder/.hidden.txt",
      "..\\package.json",
      "theme.css\0.png",
      "theme.css/",
      "theme",
      "",
      "no-such-file.css",
      "theme.css/x.css",
      ".tsbuildinfo",
    ]) {
      assert.equal(await readStaticFile(path), null, path);
    }
  });
});

describe("pages", () => {
  it("are cached by what is in them", () =>
    withSite(async ({ ask }) => {
      const first = await ask("/assets/theme.css");
      const etag = String(first.headers.etag);
      assert.deepEqual([first.status, first.headers["cache-control"]], [200, "no-cache"]);
      const again = await ask("/assets/theme.css", { headers: { "if-none-match": `"other", W/${etag}` } });
      assert.deepEqual([again.status, again.text, again.headers.etag], [304, "", etag]);
      const other = await ask("/assets/theme.css", { headers: { "if-none-match": '"other"' } });
      assert.equal(other.status, 200);
    }));

  it("have a policy that allows what they load, and their import maps", () =>
    withSite(async ({ ask }) => {
      for (const path of ["/", "/wall", "/debug/pprof/"]) {
        const { status, text, headers } = await ask(path);
        assert.equal(status, 200, path);
        const policy = String(headers["content-security-policy"]);
        assert.match(policy, /^default-src 'none'; /);
        assert.doesNotMatch(policy, /unsafe/);
        for (const [, map = ""] of text.matchAll(/<script type="importmap">(.*?)<\/script>/gs)) {
          assert.ok(policy.includes(createHash("sha256").update(map).digest("base64")));
        }
        for (const [, address = ""] of text.matchAll(/(?:src|href)="(\/[^"#]*)"/g)) {
          if (!/profile|heapsnapshot|allocs/.test(address)) assert.equal((await ask(address)).status, 200, address);
        }
      }
    }));

  it("are not climbed out of", () =>
    withSite(async ({ ask }) => {
      for (const path of [
        "/assets/../package.json",
        "/assets/..%2f..%2fpackage.json",
        "/assets/%2e%2e/%2e%2e/package.json",
        "/assets/vendor/uplot/..%2fpackage.json",
        "/assets/..%5c..%5cpackage.json",
        "/assets//etc/hostname.txt",
        "/assets/",
      ]) {
        assert.equal((await ask(path)).status, 404, path);
      }
    }));
});

describe("pagePolicy()", () => {
  it("allows no script within a page but its import maps", () => {
    const policy = pagePolicy('<script type="importmap">{}</script><script>alert(1)</script>');
    const hash = createHash("sha256").update("{}").digest("base64");
    assert.ok(policy.endsWith(`; script-src 'self' 'sha256-${hash}'`));
    assert.ok(pagePolicy("<p></p>").endsWith("; script-src 'self'"));
  });
});
