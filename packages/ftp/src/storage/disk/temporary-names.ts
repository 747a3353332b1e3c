import { randomBytes } from "node:crypto";

const HIDDEN = /\/\.belfry-[0-9a-z]+-[0-9a-z]+\.part(?:\/|$)/;
const PART = /^\.belfry-[0-9a-z]+-[0-9a-z]+\.part$/;

const here = randomBytes(6).toString("hex");
let made = 0;

/** A name for an upload under way that no other process and no other upload has. */
export function makeTemporaryName(): string {
  made += 1;
  return `.belfry-${here}-${made.toString(36)}.part`;
}

/** Whether a name is one of {@link makeTemporaryName}, also of another process. */
export function isTemporaryName(name: string): boolean {
  return name.startsWith(".belfry-") && PART.test(name);
}

/** Whether such a name is anywhere in a path. */
export function isHiddenPath(path: string): boolean {
  return path.includes("/.belfry-") && HIDDEN.test(path);
}
