import { DECLINED } from "../../src/commands/declined.js";
import { VERBS } from "../../src/commands/verbs.js";
import type { Random } from "./random.js";
import type { DataUse } from "./script.js";

/** Names as clients and enemies write them; a byte a character. */
const PATHS = [
  ..."file big pub pub/a.txt empty out link in out/secret /file /pub / . .. ../.. /../../etc/passwd new new/x".split(
    " ",
  ),
  ..."pub/../file //pub//a.txt /pub/. .belfry-abc-1.part pub/.belfry-abc-1.part/x -la -x *.txt [a-z]* ? **** ~ ~root %s%n%d".split(
    " ",
  ),
  ..."caf\xc3\xa9 pub/\xc3\xbc \xff\xff \xfe\x80 \xc3 \xed\xa0\x80 \xf4\x90\x80\x80 a\0b \0 a\rb a\r\0b \x1b[2J \x7f C:\\x \\..\\x".split(
    " ",
  ),
  "with space",
  " lead",
  "trail ",
  '"quoted"',
  "a\tb",
  "-la pub",
  "-- -x",
  "-R /",
  ";type=file; x",
  "226 done",
  "file/below",
  "x".repeat(255),
  "x".repeat(256),
  "\xc3\xa9".repeat(127),
  "d/".repeat(120),
  "*".repeat(9),
  "a*".repeat(8),
  "../".repeat(50),
];

const NUMBERS =
  "0 1 4 100 2999 3000 3001 300000 -1 1e20 9007199254740991 9007199254740992 99999999999999999999 0x10 1.5 abc 00".split(
    " ",
  );

const TIMES =
  "20200101000000 20200101000000.123 19700101000000 99991231235959 20200230000000 20201301000000 2020 20161231235960".split(
    " ",
  );

const FACTS =
  "type;size;modify; Type;SIZE; unknown; ; ;;;; perm;unique;UNIX.mode;UNIX.owner;UNIX.group;create; %s; \xff\xff;".split(
    " ",
  );

const CHANGES = [
  "Modify=20200101000000;",
  "Modify=20200101000000;Create=20200101000000;",
  "UNIX.mode=0600;",
  "UNIX.mode=9;",
  "Size=1;",
  "x",
  "Modify=",
];

type Make = (random: Random) => string;

const from =
  (list: readonly string[]): Make =>
  (random) =>
    random.pick(list);

/** What a verb's argument looks like when it is meant well. */
const ARGUMENTS: Readonly<Record<string, Make>> = {
  USER: from(["ann", "ann", "ann", "bob", "eve", "nobody", "anonymous", "", "\0", "a\x1bb", "x".repeat(300)]),
  PASS: from(["secret", "secret", "secret", "wrong", "", " secret", "secret "]),
  HOST: from(["example.com", "127.0.0.1", "[::1]", "[::z]", "", "a..b", "\xff\xff"]),
  AUTH: from(["TLS", "tls", "SSL", "TLS-C", "GSSAPI", "", "TLS "]),
  PBSZ: from([...NUMBERS, "0", "0"]),
  PROT: from(["P", "C", "p", "S", "E", "X", ""]),
  TYPE: from(["A", "I", "a", "i", "L 8", "A N", "E", "L 7", "", "A T"]),
  MODE: from(["S", "Z", "B", "C", "s", ""]),
  STRU: from(["F", "R", "P", "f", ""]),
  EPSV: from(["", "", "1", "2", "9", "ALL", "all", "x", "1e20"]),
  PORT: from([
    "{PORT}",
    "{PORT}",
    "127,0,0,1,0,21",
    "10,0,0,1,200,1",
    "256,0,0,1,1,1",
    "1,2,3",
    "",
    "1,2,3,4,5,6,7",
    "a,b,c,d,e,f",
  ]),
  EPRT: from(["{EPRT}", "|1|127.0.0.1|21|", "|2|::1|4000|", "!1!127.0.0.1!99999!", "|3|x|1|", "||||", "", "1"]),
  REST: from(NUMBERS),
  ALLO: from([...NUMBERS, "10 R 5", "10 R"]),
  LIST: (random) => `${random.pick(["", "-la ", "-l", "-a ", "-d ", "-Z "])}${random.pick(PATHS)}`,
  NLST: (random) => `${random.pick(["", "", "-la ", "-1 "])}${random.pick(PATHS)}`,
  MDTM: (random) => `${random.once(3) ? `${random.pick(TIMES)} ` : ""}${random.pick(PATHS)}`,
  MFMT: (random) => `${random.pick(TIMES)} ${random.pick(PATHS)}`,
  MFCT: (random) => `${random.pick(TIMES)} ${random.pick(PATHS)}`,
  MFF: (random) => `${random.pick(CHANGES)} ${random.pick(PATHS)}`,
  OPTS: (random) =>
    random.pick([
      "UTF8 ON",
      "UTF8 OFF",
      "UTF8",
      `MLST ${random.pick(FACTS)}`,
      "HASH SHA-1",
      "HASH CRC32",
      "HASH x",
      "x",
      "",
    ]),
  SITE: (random) =>
    random.pick([
      "HELP",
      "WHO",
      "",
      "x",
      `CHMOD 600 ${random.pick(PATHS)}`,
      `CHMOD 9 x`,
      `UTIME ${random.pick(TIMES)} ${random.pick(PATHS)}`,
    ]),
  HELP: from(["", "SITE", "STOR", "nothing", "\0"]),
  LANG: from(["", "en", "EN-gb", "fr", "en\0"]),
  XCRC: (random) => `${random.pick(PATHS)}${random.pick(["", "", " 0", " 0 10", " 5 1", " 1e20", " 10 5"])}`,
};

/** Anything at all, for a verb that wants something else. */
const ODD: readonly Make[] = [
  from(PATHS),
  from(NUMBERS),
  from(TIMES),
  from(FACTS),
  from([
    "%s%s%s%n",
    "1e20",
    "\0",
    "\xff\xff",
    "\xff\xfb\x01",
    "\xff\xf4\xff\xf2",
    "\xff\xfa\x18",
    "A".repeat(900),
    "é",
    "  ",
    "\t",
    "\r",
  ]),
];

const NAMES = [...VERBS.keys()];
const UNKNOWN = [
  "XYZZY",
  "SMN",
  "",
  "RETRX",
  "A".repeat(40),
  "\xc3\xa9",
  "NOOP\0",
  "\t",
  "%s",
  "ſite",
  ...DECLINED.map(({ name }) => name),
];
/** What ends a session is tried less often than the rest, so that sessions live. */
const ENDINGS = ["GET / HTTP/1.1", "POST /x", "HOST: x", `CWD ${"y".repeat(3000)}`, "z".repeat(2100), "QUIT"];

/** A command line without its end. */
function randomLine(random: Random): string {
  if (random.once(60)) return random.pick(ENDINGS);
  if (random.once(25)) return `${random.pick(UNKNOWN)} ${random.pick(PATHS)}`;
  const name = random.pick(NAMES);
  if (name === "QUIT" && !random.once(4)) return "NOOP";
  const verb = VERBS.get(name);
  const shown = random.once(8) ? name.toLowerCase() : name;
  if (random.once(12)) return `${shown} ${random.pick(ODD)(random)}`;
  const make = ARGUMENTS[name] ?? (verb?.argument === "none" ? null : from(PATHS));
  if (make === null || random.once(20)) return random.once(6) ? `${shown} ` : shown;
  return `${shown} ${make(random)}`;
}

/** A command line with its end, as most clients send it, and as some do not. */
export function randomSend(random: Random): string {
  const line = randomLine(random);
  if (random.once(15)) return `${line}\n`;
  if (random.once(30)) return `\r\n\n${line}\r\n`;
  if (random.once(40)) return `\xff\xfb\x03${line}\r\n`;
  return `${line}\r\n`;
}

/** What is done with a data connection. */
export function randomUse(random: Random): DataUse {
  const size = random.pick([0, 1, 7, 1000, 70_000, 300_000]);
  return random.pick<DataUse>([
    { use: "take" },
    { use: "take" },
    { use: "give", size },
    { use: "give", size },
    { use: "break", size },
    { use: "stall", size },
    { use: "drop" },
    { use: "half" },
  ]);
}
