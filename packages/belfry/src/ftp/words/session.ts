import type { FtpContext } from "../context.js";
import { failed, replyText, wordUsage } from "../errors.js";
import { table } from "../listing.js";
import { printable, quoted } from "../names.js";
import { parseTarget } from "../target.js";
import type { Word } from "./word.js";

/** Words that begin and end sessions, and tell about them. */
export const SESSION_WORDS: readonly Word[] = [
  {
    name: "open",
    group: "session",
    usage: "[[ftp://][USER@]HOST[:PORT]] [PORT]",
    summary: "connect and log in; to the last server again when none is named",
    arity: [0, 2],
    async run({ open, state }, [server, port]) {
      if (server !== undefined) return open(readTarget(server, port));
      if (state.target === null) throw wordUsage('Cannot open: no server is named; "open HOST"');
      return open(state.target);
    },
  },
  {
    name: "user",
    group: "session",
    usage: "NAME [PASSWORD]",
    summary: "log in as somebody; the password is asked for",
    arity: [1, 2],
    run: ({ logIn }, [name = "", password]) => logIn(name, password),
  },
  {
    name: "close",
    aliases: ["disconnect"],
    group: "session",
    usage: "",
    summary: "end the session, not the program",
    arity: [0, 0],
    async run({ remote, close, tell }) {
      const { host } = remote().options;
      close();
      tell(`closed ${host}`);
    },
  },
  {
    name: "quit",
    aliases: ["bye", "exit"],
    group: "session",
    usage: "",
    summary: "end the session and the program",
    arity: [0, 0],
    async run({ state }) {
      state.isOver = true;
    },
  },
  {
    name: "status",
    group: "session",
    usage: "",
    summary: "show the session and the settings",
    arity: [0, 0],
    async run(context) {
      await context.say(
        table(await statusRows(context))
          .replaceAll(/^/gm, "  ")
          .trimEnd() + "\n",
      );
    },
  },
  {
    name: "quote",
    group: "session",
    usage: "COMMAND…",
    summary: "send a command of the protocol as it is: quote SITE HELP",
    arity: [1, Number.POSITIVE_INFINITY],
    async run({ remote, say }, args) {
      const command = args.join(" ");
      try {
        const { message } = await remote().send(command);
        await say(`${message.split("\n").map(printable).join("\n")}\n`);
      } catch (error) {
        throw failed(`Cannot ${quoted(args[0] ?? "")}`, error);
      }
    },
  },
];

function readTarget(server: string, port: string | undefined): ReturnType<typeof parseTarget> {
  try {
    return parseTarget(port === undefined ? server : `${server}:${port}`);
  } catch (error) {
    throw wordUsage((error as Error).message);
  }
}

async function statusRows({ state, io }: FtpContext): Promise<string[][]> {
  const { remote } = state;
  const rows: string[][] = [];
  if (remote === null || !remote.isOpen) {
    rows.push(["server", "not connected"]);
  } else {
    const { host, port } = remote.options;
    const directory = await remote.pwd().catch((error: unknown) => replyText((error as Error).message));
    rows.push(
      ["server", `${host} port ${port} (${remote.address})`],
      ["protection", remote.tls ?? "none: passwords and files go in the clear"],
      ["user", remote.user === null ? "not logged in" : printable(remote.user)],
      ["directory", printable(directory)],
    );
  }
  rows.push(
    ["local directory", state.localDirectory],
    ["type", state.type],
    ["data connections", state.isActive ? "active: from the server to here" : "passive: from here to the server"],
    ["ask about each file", io.stdin.isTTY !== true ? "no" : state.isAsking ? "yes" : "no"],
    ["show conversation", state.isVerbose ? "yes" : "no"],
  );
  return rows;
}
