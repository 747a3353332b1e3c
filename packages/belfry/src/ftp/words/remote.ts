import type { FileInfo } from "basic-ftp";
import { forEachFile } from "../for-each-file.js";
import type { FtpContext } from "../context.js";
import { commandFailure, failed } from "../errors.js";
import { compileGlob, hasGlob } from "../glob.js";
import { longListing, shortListing } from "../listing.js";
import { printable, quoted, remoteFolder, remoteName } from "../names.js";
import { matchRemote } from "../match-remote.js";
import type { Word } from "./word.js";

/** Words for what lies on the server. */
export const REMOTE_WORDS: readonly Word[] = [
  {
    name: "ls",
    aliases: ["dir"],
    group: "remote",
    usage: "[-1] [PATH]",
    summary: "list a directory, or what matches *, ? and [a-z]; -1 for names alone",
    arity: [0, Number.POSITIVE_INFINITY],
    completions: ["remote"],
    async run(context, args) {
      // Everybody's fingers type -l and -la; both are what is shown anyway.
      const isShort = args.some((arg) => /^-[la]*1[la1]*$/.test(arg));
      const paths = args.filter((arg) => !/^-[la1]+$/.test(arg));
      for (const path of paths.length === 0 ? [""] : paths) {
        const files = await list(context, path);
        await context.say(isShort ? shortListing(files) : longListing(files));
      }
    },
  },
  {
    name: "nlist",
    group: "remote",
    usage: "[PATH]",
    summary: "list names alone, one a line",
    arity: [0, 1],
    completions: ["remote"],
    async run(context, [path = ""]) {
      await context.say(shortListing(await list(context, path)));
    },
  },
  {
    name: "cd",
    aliases: ["cwd"],
    group: "remote",
    usage: "[DIRECTORY]",
    summary: "change the directory; cd - goes back",
    arity: [0, 1],
    completions: ["remote-directory"],
    run: (context, [directory = "/"]) => changeDirectory(context, directory),
  },
  {
    name: "cdup",
    group: "remote",
    usage: "",
    summary: "change to the directory above",
    arity: [0, 0],
    run: (context) => changeDirectory(context, ".."),
  },
  {
    name: "pwd",
    group: "remote",
    usage: "",
    summary: "show the directory",
    arity: [0, 0],
    async run({ remote, say }) {
      await say(`${printable(await remote().pwd())}\n`);
    },
  },
  simple("mkdir", "DIRECTORY", "make a directory", "MKD"),
  simple("rmdir", "DIRECTORY", "remove an empty directory", "RMD", "remote-directory"),
  simple("delete", "FILE", "delete a file", "DELE", "remote", ["rm"]),
  {
    name: "mdelete",
    group: "remote",
    usage: "FILE…",
    summary: "delete several files; takes *, ? and [a-z]",
    arity: [1, Number.POSITIVE_INFINITY],
    completions: ["remote"],
    async run(context, patterns) {
      const files = await matchRemote(context, patterns);
      await forEachFile(context, "delete", files, async ({ path }) => {
        await sendPath(context, "DELE", path, "delete");
        context.tell(`deleted ${quoted(path)}`);
      });
    },
  },
  {
    name: "rename",
    aliases: ["mv"],
    group: "remote",
    usage: "FROM TO",
    summary: "rename or move a file or directory",
    arity: [2, 2],
    completions: ["remote"],
    async run({ remote, reply }, [from = "", to = ""]) {
      try {
        reply((await remote().rename(from, to)).message);
      } catch (error) {
        throw failed(`Cannot rename ${quoted(from)} to ${quoted(to)}`, error);
      }
    },
  },
  {
    name: "size",
    group: "remote",
    usage: "FILE",
    summary: "show a file's size in bytes",
    arity: [1, 1],
    completions: ["remote"],
    async run({ remote, say }, [path = ""]) {
      try {
        await say(`${await remote().size(path)}\n`);
      } catch (error) {
        throw failed(`Cannot tell the size of ${quoted(path)}`, error);
      }
    },
  },
  {
    name: "modtime",
    group: "remote",
    usage: "FILE",
    summary: "show when a file was changed, in UTC",
    arity: [1, 1],
    completions: ["remote"],
    async run({ remote, say }, [path = ""]) {
      try {
        const time = await remote().modifiedAt(path);
        await say(`${time.toISOString().replace(/\.000Z$/, "Z")}\n`);
      } catch (error) {
        throw failed(`Cannot tell the time of ${quoted(path)}`, error);
      }
    },
  },
];

/** A word that is one command of the protocol with one path. */
function simple(
  name: string,
  usage: string,
  ...[summary, verb, completion, aliases]: [string, string, ("remote" | "remote-directory")?, (readonly string[])?]
): Word {
  return {
    name,
    ...(aliases !== undefined && { aliases }),
    group: "remote",
    usage,
    summary,
    arity: [1, 1],
    ...(completion !== undefined && { completions: [completion] }),
    run: (context, [path = ""]) => sendPath(context, verb, path, name),
  };
}

async function sendPath({ remote, reply }: FtpContext, verb: string, path: string, doing: string): Promise<void> {
  try {
    reply((await remote().sendPath(verb, path)).message);
  } catch (error) {
    throw failed(`Cannot ${doing} ${quoted(path)}`, error);
  }
}

async function changeDirectory(context: FtpContext, directory: string): Promise<void> {
  const { remote, state, tell, io } = context;
  if (directory === "-" && state.lastDirectory === null) throw commandFailure("Cannot go back: there was no cd yet");
  const before = await remote()
    .pwd()
    .catch(() => null);
  const wanted = directory === "-" ? (state.lastDirectory ?? "") : directory;
  try {
    await (wanted === ".." ? remote().send("CDUP") : remote().sendPath("CWD", wanted));
  } catch (error) {
    throw failed(`Cannot change to ${quoted(wanted)}`, error);
  }
  state.lastDirectory = before;
  if (io.stdin.isTTY === true) tell(printable(await remote().pwd()));
}

async function list(context: FtpContext, path: string): Promise<FileInfo[]> {
  const { remote, signal } = context;
  const pattern = remoteName(path);
  try {
    if (!hasGlob(pattern)) return await remote().list(path, signal);
    const isWanted = compileGlob(pattern);
    const found = (await remote().list(remoteFolder(path), signal)).filter(({ name }) => isWanted(name));
    if (found.length === 0) throw commandFailure(`Cannot list ${quoted(path)}: nothing matches`);
    return found;
  } catch (error) {
    throw failed(path === "" ? "Cannot list the directory" : `Cannot list ${quoted(path)}`, error);
  }
}
