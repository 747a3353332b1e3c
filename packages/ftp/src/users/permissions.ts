import type { Permission, Permissions, PermissionSet } from "./account.js";

/**
 * Whether `permissions` let somebody do that with `path`.
 *
 * The set of the longest directory that holds the path decides, compared by whole names: `"/in"` holds `/in` and `/in/x`, not
 * `/inside`. To delete, to make or to remove `/in` itself is done in the directory above, whose set decides. What is, or
 * holds, a directory with a set of its own cannot be renamed, for that would take its files out of its set.
 *
 * @param permissions `undefined` is `"read"`.
 * @param path absolute and normalised.
 */
export function isAllowed(permissions: Permissions | undefined, permission: Permission, path: string): boolean {
  if (permissions === undefined) return contains("read", permission);
  if (isPermissionSet(permissions)) return contains(permissions, permission);
  const isDoneAbove = DONE_ABOVE.has(permission);
  let longest = -1;
  let decides: PermissionSet = "none";
  for (const [directory, set] of Object.entries(permissions)) {
    if (permission === "rename" && holds(path, directory)) return false;
    if (directory.length <= longest || !holds(directory, path)) continue;
    if (isDoneAbove && directory === path && path !== "/") continue;
    longest = directory.length;
    decides = set;
  }
  return contains(decides, permission);
}

/** Whether `permissions` is one set for everything. */
export function isPermissionSet(permissions: Permissions): permissions is PermissionSet {
  return typeof permissions === "string" || Array.isArray(permissions);
}

/** The names of all permissions. */
export const PERMISSIONS: readonly Permission[] = [
  "list",
  "read",
  "create",
  "overwrite",
  "delete",
  "rename",
  "makeDirectory",
  "removeDirectory",
  "setTimes",
  "setMode",
];

/** What the names of sets stand for. */
export const PERMISSION_SETS: { readonly [name in Extract<PermissionSet, string>]: readonly Permission[] } = {
  none: [],
  read: ["list", "read"],
  upload: ["create", "list"],
  write: PERMISSIONS,
};

/** What changes the directory above the path, not what the path names. */
const DONE_ABOVE: ReadonlySet<Permission> = new Set(["delete", "makeDirectory", "removeDirectory"]);

function contains(set: PermissionSet, permission: Permission): boolean {
  return (typeof set === "string" ? PERMISSION_SETS[set] : set).includes(permission);
}

/** Whether `path` is `directory` or below it. */
function holds(directory: string, path: string): boolean {
  if (directory === "/") return true;
  return path.startsWith(directory) && (path.length === directory.length || path[directory.length] === "/");
}
