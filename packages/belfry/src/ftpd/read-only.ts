import type { Authenticate, Permission, Permissions, PermissionSet } from "@belfry/ftp";

/** The same users, none of whom may change anything, whatever their accounts say. */
export function readOnly(authenticate: Authenticate): Authenticate {
  return async (credentials, attempt) => {
    const account = await authenticate(credentials, attempt);
    return account === null ? null : { ...account, permissions: withoutChanges(account.permissions) };
  };
}

const HARMLESS: ReadonlySet<Permission> = new Set(["list", "read"]);

function withoutChanges(permissions: Permissions = "read"): Permissions {
  if (typeof permissions === "string" || isList(permissions)) return setWithoutChanges(permissions);
  const sets = Object.entries(permissions).map(([path, set]) => [path, setWithoutChanges(set)] as const);
  return Object.fromEntries(sets);
}

function setWithoutChanges(set: PermissionSet): PermissionSet {
  if (set === "write") return "read";
  if (set === "upload") return ["list"];
  return typeof set === "string" ? set : set.filter((permission) => HARMLESS.has(permission));
}

function isList(permissions: Permissions): permissions is readonly Permission[] {
  return Array.isArray(permissions);
}
