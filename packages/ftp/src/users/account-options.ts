import { resolve } from "node:path";
import { diskStorage } from "../storage/disk-storage.js";
import type { DiskStorageOptions } from "../storage/disk-storage-options.js";
import type { Storage } from "../storage/storage.js";
import type { Account, Permissions, PermissionSet, Quota } from "./account.js";
import { checkPath, checkText, checkWhole, show } from "./check.js";
import { isPermissionSet, PERMISSIONS, PERMISSION_SETS } from "./permissions.js";

/** What an account made from options is given. Exactly one of `root` and `storage` says where its files are. */
export interface AccountOptions {
  /** A directory of the local disk. A relative one is seen from the working directory. */
  readonly root?: string | undefined;
  /** How the files of `root` are kept. Default: as `diskStorage` keeps them. */
  readonly disk?: DiskStorageOptions | undefined;
  /** Files elsewhere, in place of `root`. */
  readonly storage?: Storage | undefined;
  /** The directory a session begins in: absolute, such as `"/in"`. Default `"/"`. */
  readonly home?: string | undefined;
  /** Default `"read"`. */
  readonly permissions?: Permissions | undefined;
  /** Default: no limit. */
  readonly quota?: Quota | undefined;
  /** Bytes a second for each upload: a whole number of at least 1. Default: no limit. */
  readonly uploadRate?: number | undefined;
  /** Bytes a second for each download: a whole number of at least 1. Default: no limit. */
  readonly downloadRate?: number | undefined;
  /** Sessions of this account at a time: a whole number of at least 1. Default: no limit. */
  readonly maxSessions?: number | undefined;
  /** Text of the reply to a successful login; lines are parted by LF. */
  readonly greeting?: string | undefined;
  /** Refuse the account unless the control connection is under TLS; `"data"`: and the data connections too. Default `false`. */
  readonly requireTls?: boolean | "data" | undefined;
}

/** Storages by their {@link rootKey}, so that accounts of one root share one, and their quotas count the same files. */
export type RootStorages = Map<string, Storage>;

/** The same for accounts that can share a storage. */
export function rootKey(root: string, disk: DiskStorageOptions = {}): string {
  return `${resolve(root)}\0${JSON.stringify(disk)}`;
}

/**
 * The account that `options` describe.
 *
 * @param storages is asked for the storage of `root`, and keeps a new one.
 * @throws {TypeError | RangeError} that names the first wrong option and its value.
 */
export function makeAccount(name: string, options: AccountOptions, storages: RootStorages = new Map()): Account {
  checkAccountOptions(options);
  const { root, disk, storage = storageOf(root, disk, storages), ...rest } = options;
  return {
    name,
    storage,
    home: rest.home,
    permissions: rest.permissions,
    quota: rest.quota,
    uploadRate: rest.uploadRate,
    downloadRate: rest.downloadRate,
    maxSessions: rest.maxSessions,
    greeting: rest.greeting,
    requireTls: rest.requireTls,
  };
}

/**
 * What a function of somebody's own gave for a login; `undefined`, as where nobody is found, is `null`.
 *
 * @throws {TypeError | RangeError} that names the first wrong part and its value.
 */
export function checkAccount(account: Account | null | undefined): Account | null {
  if (account === null || account === undefined) return null;
  checkText("an account's name", account.name);
  // A session begins in its home however that is written.
  checkAccountOptions({ ...account, home: undefined });
  if (account.storage !== undefined) return account;
  throw new TypeError(`Cannot use the account ${show(account.name)}: expected a storage`);
}

/**
 * Checks all but whether there is a root or a storage.
 *
 * @throws {TypeError | RangeError} that names the first wrong option and its value.
 */
export function checkAccountOptions(options: AccountOptions): void {
  const { root, storage, home, permissions, quota, greeting, requireTls } = options;
  if (root !== undefined) checkText("root", root);
  if (storage !== undefined && typeof storage?.openRead !== "function") {
    throw new TypeError(`Cannot use storage ${show(storage)}: expected a Storage`);
  }
  if (root !== undefined && storage !== undefined) {
    throw new TypeError(`Cannot use root ${show(root)}: storage is given too`);
  }
  if (home !== undefined) checkPath("home", home);
  if (permissions !== undefined) checkPermissions(permissions);
  if (quota !== undefined) checkQuota(quota);
  for (const name of ["uploadRate", "downloadRate", "maxSessions"] as const) {
    const value = options[name];
    if (value !== undefined) checkWhole(name, value);
  }
  if (greeting !== undefined) checkText("greeting", greeting.replaceAll("\n", ""), true);
  if (requireTls !== undefined && requireTls !== "data" && typeof requireTls !== "boolean") {
    throw new TypeError(`Cannot use requireTls ${show(requireTls)}: expected true, false or "data"`);
  }
}

/** @throws {RangeError} for a limit that is no whole number of at least 0. @throws {TypeError} for what is no object. */
export function checkQuota(quota: Quota): void {
  if (typeof quota !== "object" || quota === null) {
    throw new TypeError(`Cannot use quota ${show(quota)}: expected an object with bytes, files or both`);
  }
  if (quota.bytes !== undefined) checkWhole("quota.bytes", quota.bytes, 0);
  if (quota.files !== undefined) checkWhole("quota.files", quota.files, 0);
}

function checkPermissions(permissions: Permissions): void {
  if (isPermissionSet(permissions)) {
    checkSet("permissions", permissions);
    return;
  }
  if (typeof permissions !== "object" || permissions === null) {
    throw new TypeError(`Cannot use permissions ${show(permissions)}: expected ${SETS}, or those by directory`);
  }
  if (permissions["/"] === undefined) throw new TypeError('Cannot use permissions: expected a set for "/" among them');
  for (const [directory, set] of Object.entries(permissions)) {
    checkPath("permissions of", directory);
    checkSet(`permissions of ${show(directory)}:`, set);
  }
}

function checkSet(name: string, set: PermissionSet): void {
  if (typeof set === "string" && Object.hasOwn(PERMISSION_SETS, set)) return;
  if (!Array.isArray(set)) throw new TypeError(`Cannot use ${name} ${show(set)}: expected ${SETS}`);
  for (const permission of set as readonly (typeof PERMISSIONS)[number][]) {
    if (!PERMISSIONS.includes(permission)) {
      throw new TypeError(`Cannot use ${name} ${show(permission)}: expected one of ${PERMISSIONS.join(", ")}`);
    }
  }
}

const SETS = `${Object.keys(PERMISSION_SETS).join(", ")} or a list of single permissions`;

function storageOf(root: string | undefined, disk: DiskStorageOptions | undefined, storages: RootStorages): Storage {
  if (root === undefined) throw new TypeError("Cannot make an account: expected root or storage");
  const key = rootKey(root, disk);
  const known = storages.get(key);
  if (known !== undefined) return known;
  const storage = diskStorage(resolve(root), disk);
  storages.set(key, storage);
  return storage;
}
