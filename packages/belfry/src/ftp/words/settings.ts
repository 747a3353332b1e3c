import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type FtpContext, localPath } from "../context.js";
import { commandFailure, failed, wordUsage } from "../errors.js";
import { formatDate } from "../format.js";
import { table } from "../listing.js";
import { printable, quoted } from "../names.js";
import type { Word } from "./word.js";

/** Words that change how others work. */
export const SETTING_WORDS: readonly Word[] = [
  {
    name: "binary",
    aliases: ["image"],
    group: "settings",
    usage: "",
    summary: "files go over as they are (the usual way)",
    arity: [0, 0],
    run: async (context) => setType(context, "binary"),
  },
  {
    name: "ascii",
    aliases: ["text"],
    group: "settings",
    usage: "",
    summary: "text: line ends are changed on the way",
    arity: [0, 0],
    run: async (context) => setType(context, "ascii"),
  },
  {
    name: "passive",
    group: "settings",
    usage: "[on|off]",
    summary: "whether data connections go from here to the server, or the other way",
    arity: [0, 1],
    async run({ state, tell }, [value]) {
      const isPassive = readSwitch("passive", value, !state.isActive);
      state.isActive = !isPassive;
      if (state.remote !== null) state.remote.isActive = state.isActive;
      tell(`passive: ${isPassive ? "on, data connections go to the server" : "off, the server makes them"}`);
    },
  },
  {
    name: "prompt",
    group: "settings",
    usage: "[on|off]",
    summary: "whether mget, mput and mdelete ask about each file",
    arity: [0, 1],
    async run({ state, tell }, [value]) {
      state.isAsking = readSwitch("prompt", value, state.isAsking);
      tell(`asking about each file: ${state.isAsking ? "on" : "off"}`);
    },
  },
  {
    name: "verbose",
    group: "settings",
    usage: "[on|off]",
    summary: "whether the conversation with the server is shown",
    arity: [0, 1],
    async run({ state, tell }, [value]) {
      state.isVerbose = readSwitch("verbose", value, state.isVerbose);
      tell(`showing the conversation: ${state.isVerbose ? "on" : "off"}`);
    },
  },
];

/** Words for the local disk. */
export const LOCAL_WORDS: readonly Word[] = [
  {
    name: "lcd",
    group: "local",
    usage: "[DIRECTORY]",
    summary: "change the local directory; to the home directory when none is named",
    arity: [0, 1],
    completions: ["local-directory"],
    async run(context, [directory = "~"]) {
      const path = localPath(context, directory);
      try {
        if (!(await stat(path)).isDirectory()) throw commandFailure("it is no directory");
      } catch (error) {
        const why = error instanceof Error && error.name === "FtpFailure" ? new Error(error.message) : error;
        throw failed(`Cannot change to ${quoted(directory)}`, why);
      }
      context.state.localDirectory = path;
      context.tell(`local directory: ${printable(path)}`);
    },
  },
  {
    name: "lpwd",
    group: "local",
    usage: "",
    summary: "show the local directory",
    arity: [0, 0],
    run: ({ say, state }) => say(`${printable(state.localDirectory)}\n`),
  },
  {
    name: "lls",
    group: "local",
    usage: "[DIRECTORY]",
    summary: "list a local directory",
    arity: [0, 1],
    completions: ["local-directory"],
    async run(context, [directory = "."]) {
      const path = localPath(context, directory);
      try {
        const names = (await readdir(path)).sort();
        const rows = await Promise.all(names.map((name) => localRow(path, name)));
        await context.say(table(rows, new Set([1])));
      } catch (error) {
        throw failed(`Cannot list ${quoted(directory)}`, error);
      }
    },
  },
];

function setType({ state, tell }: FtpContext, type: "binary" | "ascii"): void {
  state.type = type;
  tell(`type: ${type}`);
}

function readSwitch(word: string, value: string | undefined, now: boolean): boolean {
  if (value === undefined) return !now;
  if (value !== "on" && value !== "off") throw wordUsage(`Cannot use ${word} ${quoted(value)}: expected on or off`);
  return value === "on";
}

async function localRow(folder: string, name: string): Promise<string[]> {
  const found = await stat(join(folder, name)).catch(() => null);
  if (found === null) return ["?", "", "", printable(name)];
  const isDirectory = found.isDirectory();
  return [
    isDirectory ? "d" : "-",
    isDirectory ? "" : String(found.size),
    formatDate(found.mtime),
    `${printable(name)}${isDirectory ? "/" : ""}`,
  ];
}
