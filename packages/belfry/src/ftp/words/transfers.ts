import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { type FtpContext, localPath } from "../context.js";
import { download } from "../download.js";
import { commandFailure, failed } from "../errors.js";
import { forEachFile } from "../for-each-file.js";
import { compileGlob, hasGlob } from "../glob.js";
import { matchRemote } from "../match-remote.js";
import { isSafeName, quoted, remoteName } from "../names.js";
import { transferLine } from "../progress.js";
import { upload, type UploadPlan } from "../upload.js";
import type { Word } from "./word.js";

/** Words that move files. */
export const TRANSFER_WORDS: readonly Word[] = [
  {
    name: "get",
    aliases: ["recv"],
    group: "transfer",
    usage: "REMOTE [LOCAL]",
    summary: "fetch a file; LOCAL - is standard output",
    arity: [1, 2],
    completions: ["remote", "local"],
    run: (context, [remote = "", local]) => get(context, remote, local, false),
  },
  {
    name: "mget",
    group: "transfer",
    usage: "REMOTE…",
    summary: "fetch several files; takes *, ? and [a-z]",
    arity: [1, Number.POSITIVE_INFINITY],
    completions: ["remote"],
    async run(context, patterns) {
      const files = await matchRemote(context, patterns);
      await forEachFile(context, "get", files, ({ path, name }) => get(context, path, `.${sep}${name}`, false));
    },
  },
  {
    name: "reget",
    group: "transfer",
    usage: "REMOTE [LOCAL]",
    summary: "fetch what is missing of a file",
    arity: [1, 2],
    completions: ["remote", "local"],
    run: (context, [remote = "", local]) => get(context, remote, local, true),
  },
  {
    name: "put",
    aliases: ["send"],
    group: "transfer",
    usage: "LOCAL [REMOTE]",
    summary: "send a file; LOCAL - is standard input",
    arity: [1, 2],
    completions: ["local", "remote"],
    run: (context, [local = "", remote]) => put(context, local, remote, "replace"),
  },
  {
    name: "mput",
    group: "transfer",
    usage: "LOCAL…",
    summary: "send several files; takes *, ? and [a-z]",
    arity: [1, Number.POSITIVE_INFINITY],
    completions: ["local"],
    async run(context, patterns) {
      const names = await matchLocal(context, patterns);
      const files = names.map((name) => ({ name }));
      await forEachFile(context, "put", files, ({ name }) => put(context, name, undefined, "replace"));
    },
  },
  {
    name: "reput",
    group: "transfer",
    usage: "LOCAL [REMOTE]",
    summary: "send what is missing of a file",
    arity: [1, 2],
    completions: ["local", "remote"],
    run: (context, [local = "", remote]) => put(context, local, remote, "resume"),
  },
  {
    name: "append",
    group: "transfer",
    usage: "LOCAL [REMOTE]",
    summary: "add a file to the end of one on the server",
    arity: [1, 2],
    completions: ["local", "remote"],
    run: (context, [local = "", remote]) => put(context, local, remote, "append"),
  },
];

async function get(
  context: FtpContext,
  remotePath: string,
  local: string | undefined,
  isResumed: boolean,
): Promise<void> {
  const { remote, state, signal, io, tell } = context;
  refuseTextResume(context, isResumed);
  const isOutput = local === "-";
  if (isOutput && isResumed) throw commandFailure("Cannot resume on standard output: what came is gone");
  const localName = isOutput ? "-" : await nameFor(context, remotePath, local);
  const result = await download(
    remote(),
    { remotePath, localName, localPath: isOutput ? null : localPath(context, localName), isResumed },
    { type: state.type, signal, io, tell },
  );
  context.tell(transferLine("got", remotePath, basename(localName), result));
}

/** The local file's name: as given, within a directory that is given, or else the one it has on the server. */
async function nameFor(context: FtpContext, remotePath: string, local: string | undefined): Promise<string> {
  const own = remoteName(remotePath);
  const isDirectory =
    local !== undefined &&
    (await stat(localPath(context, local)).then(
      (found) => found.isDirectory(),
      () => false,
    ));
  if (local !== undefined && !isDirectory) return local;
  if (!isSafeName(own)) throw commandFailure(`Cannot get ${quoted(remotePath)}: name the local file as well`);
  return local === undefined ? own : join(local, own);
}

async function put(
  context: FtpContext,
  local: string,
  remotePath: string | undefined,
  mode: UploadPlan["mode"],
): Promise<void> {
  const { remote, state, signal, io } = context;
  refuseTextResume(context, mode === "resume");
  if (local === "-" && remotePath === undefined)
    throw commandFailure("Cannot put standard input: name the remote file");
  if (local === "-" && state.isInputRead) throw commandFailure("Cannot put standard input: the commands come from it");
  const named = remotePath?.endsWith("/") === true ? remotePath + basename(local) : remotePath;
  const target = named ?? basename(local);
  const result = await upload(
    remote(),
    { localName: local, localPath: local === "-" ? null : localPath(context, local), remotePath: target, mode },
    { type: state.type, signal, io },
  );
  context.tell(transferLine(mode === "append" ? "appended" : "put", local, target, result));
}

function refuseTextResume({ state }: FtpContext, isResumed: boolean): void {
  // Both sides count text differently, so the place to go on from is not known.
  if (isResumed && state.type === "ascii") throw commandFailure('Cannot resume a text transfer: type "binary" first');
}

async function matchLocal(context: FtpContext, patterns: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    if (!hasGlob(basename(pattern))) {
      found.add(pattern);
      continue;
    }
    const folder = dirname(pattern) === "." && !pattern.startsWith(".") ? "" : dirname(pattern);
    for (const name of await filesIn(context, folder, basename(pattern))) found.add(join(folder, name));
  }
  return [...found];
}

async function filesIn(context: FtpContext, folder: string, pattern: string): Promise<string[]> {
  const isWanted = compileGlob(pattern);
  try {
    const path = localPath(context, folder);
    const names = (await readdir(path)).filter((name) => name === pattern || isWanted(name)).sort();
    const kinds = await Promise.all(names.map((name) => stat(join(path, name)).catch(() => null)));
    const files = names.filter((_, at) => kinds[at]?.isFile() === true);
    if (files.length === 0) throw commandFailure(`Cannot find ${quoted(join(folder, pattern))}: nothing matches`);
    return files;
  } catch (error) {
    throw failed(`Cannot read ${quoted(folder)}`, error);
  }
}
