import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** A file of the pages. */
export interface StaticFile {
  readonly type: string;
  readonly content: Buffer;
  /** Changes with the content. */
  readonly etag: string;
}

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/** Segments of letters, digits, `_` and `-`, dots within them: nothing that climbs, hides or is absolute. */
const SAFE = /^(?:[\w-]+(?:\.[\w-]+)*\/)*[\w-]+(?:\.[\w-]+)*$/;

const PACKAGE = fileURLToPath(new URL("../../", import.meta.url));
const ASSETS = join(PACKAGE, "web", "assets");
const SCRIPTS = join(PACKAGE, "dist", "web");
const require = createRequire(import.meta.url);

/** Whose files are under `vendor/`, and in which folder of theirs they are. */
const VENDORS = new Map([
  ["lit-html", ""],
  ["uplot", "dist"],
]);

/**
 * Reads a file of the pages: what is in `web/assets`, a script that was built to `dist/web`, or `vendor/NAME/…` from one
 * of the packages that the pages use.
 *
 * @param path with slashes, as it stands in an address.
 * @returns `null` when there is none, or the path is none that is given out.
 */
export async function readStaticFile(path: string): Promise<StaticFile | null> {
  const type = TYPES[/\.\w+$/.exec(path)?.[0] ?? ""];
  if (type === undefined || !SAFE.test(path)) return null;
  for (const file of candidates(path)) {
    const content = await readIfThere(file);
    if (content !== null) return { type, content, etag: etagOf(content) };
  }
  return null;
}

function candidates(path: string): readonly string[] {
  const [, vendor, rest = ""] = /^vendor\/([\w-]+)\/(.+)$/.exec(path) ?? [];
  if (vendor === undefined) return [join(ASSETS, path), join(SCRIPTS, path)];
  const folder = VENDORS.get(vendor);
  return folder === undefined ? [] : [join(packageFolder(vendor), folder, rest)];
}

/** Where a dependency is installed. Its manifest may not be among its exports, so it is found from its entry. */
function packageFolder(name: string): string {
  const entry = require.resolve(name);
  const root = `${sep}node_modules${sep}${name}${sep}`;
  const at = entry.lastIndexOf(root);
  return at === -1 ? dirname(entry) : entry.slice(0, at + root.length);
}

async function readIfThere(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return null;
    throw error;
  }
}

function etagOf(content: Buffer): string {
  return `"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"`;
}
