export type { PassiveClient, PassiveOptions, AddressRule } from "./data/passive-options.js";
export type { FtpEventName, FtpEvents, PathEvent, TransferEvent } from "./events.js";
export { ftp } from "./ftp.js";
export type { FtpService } from "./ftp.js";
export type { FtpOptions, FtpTlsOptions } from "./options.js";
export { ReplyError } from "./protocol/reply.js";
export type { Reply } from "./protocol/reply.js";
export { decodeText, encodeText } from "./protocol/text.js";
export type { BeforeHook, PlannedAction } from "./session/before-hook.js";
export type { SessionInfo } from "./session/session-info.js";
export { diskStorage } from "./storage/disk-storage.js";
export type { DiskStorageOptions } from "./storage/disk-storage-options.js";
export { memoryStorage } from "./storage/memory-storage.js";
export type { MemoryStorageOptions } from "./storage/memory-storage.js";
export { StorageError } from "./storage/storage-error.js";
export type { StorageErrorCode } from "./storage/storage-error.js";
export { can } from "./storage/storage.js";
export type {
  DigestAlgorithm,
  FileInfo,
  FileReader,
  FileType,
  FileWriter,
  InfoField,
  ListOptions,
  ReadOptions,
  Storage,
  StorageAbilities,
  StorageWait,
  WriteOptions,
} from "./storage/storage.js";
export type {
  Account,
  Authenticate,
  Credentials,
  LoginAttempt,
  Permission,
  Permissions,
  PermissionSet,
  Quota,
} from "./users/account.js";
export type { AccountOptions } from "./users/account-options.js";
export type { BanList, BanRules } from "./users/ban-list.js";
export type { Leave, LoginCounts } from "./users/login-counts.js";
export { anonymous } from "./users/anonymous.js";
export { firstOf } from "./users/first-of.js";
export { hashPassword, verifyPassword } from "./users/password-hash.js";
export { PasswordHashError } from "./users/password-hasher.js";
export type { PasswordWait } from "./users/password-hasher.js";
export type { ThrottleOptions } from "./users/throttle.js";
export { userList } from "./users/user-list.js";
export type { UserOptions } from "./users/user-options.js";
export { UsersFileError } from "./users/users-file-error.js";
export { formatUser } from "./users/users-file-format.js";
export { readUsersFile, usersFile } from "./users/users-file.js";
export type { UsersFileOptions } from "./users/users-file.js";
