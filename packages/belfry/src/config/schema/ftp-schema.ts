import type { Permission, PermissionSet } from "@belfry/ftp";
import { z } from "zod";
import { parsePortRange } from "../../ftpd/port-range.js";
import { TRANSFER_LOG_FORMATS } from "../../ftpd/transfer-log.js";
import { duration, flag, literal, octal, oneOf, readBy, text, wholeNumber } from "./leaf.js";
import { PORT_RANGE_PATTERN } from "./patterns.js";
import { either, listOf, optional, required, section } from "./section.js";
import { COMMON_KEYS, FTP_TLS } from "./service-schemas.js";

const SETS = wordsOf<Extract<PermissionSet, string>>({ none: true, read: true, upload: true, write: true });
const SINGLE = wordsOf<Permission>({
  list: true,
  read: true,
  create: true,
  overwrite: true,
  delete: true,
  rename: true,
  makeDirectory: true,
  removeDirectory: true,
  setTimes: true,
  setMode: true,
});

const SET_WORDS = '"none", "read", "upload", "write" or a list of single permissions';
const PERMISSION_SET = either([oneOf(SETS), listOf(oneOf(SINGLE), SET_WORDS)], SET_WORDS);
const PERMISSIONS = either(
  [PERMISSION_SET, z.record(text(), PERMISSION_SET, { error: `expected ${SET_WORDS}, or these by directory` })],
  `${SET_WORDS}, or these by directory`,
);

const QUOTA = section(
  {
    bytes: optional(wholeNumber(0), { description: "Bytes.", absent: "no limit" }),
    files: optional(wholeNumber(0), { description: "Files and directories.", absent: "no limit" }),
  },
  "an object with bytes, files or both",
);

const USER = section(
  {
    name: required(text("a name"), { description: "What the client sends as USER." }),
    password: optional(text("a text, in quotes where it is all digits"), {
      description: 'The password in the clear; better from the environment: "${ANN_PASSWORD}".',
      absent: "passwordHash says it",
    }),
    passwordHash: optional(text("an argon2id hash"), {
      description: "A hash as `belfry ftpd passwd` makes it.",
      absent: "password says it",
    }),
    root: optional(text("the path of a directory"), {
      description: "The directory they see.",
      absent: "the service's root",
    }),
    home: optional(text("an absolute path"), { description: "The directory a session begins in.", default: "/" }),
    permissions: optional(PERMISSIONS, {
      description: "What they may do: one of the words, a list of single permissions, or these for each directory.",
      default: "write",
    }),
    quota: optional(QUOTA, {
      description: "What their storage may hold; each worker counts for itself.",
      absent: "no limit",
    }),
    uploadRate: optional(wholeNumber(1), { description: "Bytes a second for each upload.", absent: "no limit" }),
    downloadRate: optional(wholeNumber(1), { description: "Bytes a second for each download.", absent: "no limit" }),
    maxSessions: optional(wholeNumber(1), { description: "Sessions at a time, over all workers.", absent: "no limit" }),
    greeting: optional(text(), { description: "Text of the reply to the login.", default: "Logged in" }),
    requireTls: optional(either([flag(), literal("data")], 'true, false or "data"'), {
      description: "Not in the clear; data: data connections neither.",
      default: false,
    }),
  },
  "an object with name and password",
);

const THROTTLE = section(
  {
    attemptsPerSession: optional(wholeNumber(1), { description: "Failed logins on one connection.", default: 3 }),
    attemptsPerAddress: optional(wholeNumber(1), {
      description: "Failed logins from one address within window.",
      default: 20,
    }),
    attemptsPerUser: optional(wholeNumber(1), {
      description: "Failed logins of one user from one address within window.",
      default: 10,
    }),
    window: optional(duration(), { description: "How long failures count.", default: "10m" }),
    banTime: optional(duration(), { description: "How long a ban lasts.", default: "15m" }),
    delay: optional(duration(), {
      description: "How long the answer to a failed login takes at least.",
      default: "500ms",
    }),
  },
  "false or an object with attempts and times",
);

const EXTERNAL = 'an address, a name, "NETWORK=ADDRESS", or a list of these';

const FILE_KEYS = {
  root: optional(text("the path of a directory"), {
    description: "What is served.",
    absent: "the config's directory",
  }),
  users: optional(listOf(USER, "a list of users"), { description: "Who may log in.", absent: "nobody" }),
  usersFile: optional(text("the path of a file"), {
    description: "Users from a file, a line each, as `belfry ftpd passwd` makes them. Read anew when it changes.",
    absent: "none",
  }),
  anonymous: optional(
    either([flag(), oneOf(["read", "write", "upload"])], 'true, false, "read", "write" or "upload"'),
    {
      description: "Lets anybody in, as anonymous; true is to read.",
      absent: "true where nobody else is let in",
    },
  ),
  readOnly: optional(flag(), { description: "Nobody may change anything.", default: false }),
  umask: optional(octal("022"), {
    description: "Permission bits that new files do not get, in octal, in quotes.",
    default: "022",
  }),
  atomicUploads: optional(flag(), { description: "Uploads take their name when they are complete.", default: true }),
  fsync: optional(flag(), { description: "An upload is answered only once the disk has it.", default: false }),
  binary: optional(flag(), {
    description: "Line ends are left alone, whatever TYPE a client asks for.",
    default: false,
  }),
};

const PORT_RANGE = readBy({
  expected: "two ports such as 50000-50100",
  read: parsePortRange,
  pattern: PORT_RANGE_PATTERN,
});

const NETWORK_KEYS = {
  passivePorts: optional(PORT_RANGE, {
    description: "Ports for data connections, as 50000-50100.",
    absent: "any",
  }),
  externalAddress: optional(either([text(EXTERNAL), listOf(text(EXTERNAL), EXTERNAL)], EXTERNAL), {
    description:
      "What PASV announces: an address, a name, or NETWORK=ADDRESS for clients of a network; one or several.",
    absent: "the address the client has reached",
  }),
  active: optional(flag(), { description: "Whether PORT and EPRT may be used.", default: true }),
  throttle: optional(either([literal(false), THROTTLE], "false or an object with attempts and times"), {
    description: "What keeps passwords from being guessed, over all workers. false switches it off.",
    absent: "as below",
  }),
  loginTimeout: optional(duration(), { description: "How long a client may take to log in.", default: "1m" }),
  dataTimeout: optional(duration(), {
    description: "How long a data connection may take to come about.",
    default: "30s",
  }),
  stallTimeout: optional(duration(), { description: "How long a transfer may move no byte.", default: "2m" }),
};

const LOG_KEYS = {
  digests: optional(flag(), { description: "Adds a SHA-256 of each file to JSON logs.", default: false }),
  transferLog: optional(text("the path of a file"), {
    description: "A line for each transfer goes to this file.",
    absent: "none",
  }),
  transferLogFormat: optional(oneOf(TRANSFER_LOG_FORMATS), { description: "How it is written.", default: "xferlog" }),
};

/** The FTP server. */
export const FTP = section(
  {
    use: required(literal("ftp"), { description: "Files by FTP and FTPS." }),
    ...COMMON_KEYS,
    tls: optional(FTP_TLS, { description: "TLS after AUTH TLS, or from the first byte.", absent: "in the clear" }),
    idleTimeout: optional(duration(), {
      description: "How long a session may send no command while nothing is under way; 0 for ever.",
      default: "5m",
    }),
    banner: optional(text("a text in one line"), { description: "The first line clients see.", default: "Ready" }),
    ...FILE_KEYS,
    ...NETWORK_KEYS,
    ...LOG_KEYS,
  },
  "an object with use and listen",
);

/** Its options, checked. */
export type FtpSettings = z.output<typeof FTP>;

/** The words of a union: the compiler asks for each of them, and for no other. */
function wordsOf<T extends string>(words: Readonly<Record<T, true>>): readonly T[] {
  return Object.keys(words) as T[];
}
