import { join } from "node:path";
import { BELFRY, missing } from "../tools.js";
import { putFile } from "./files.js";
import { PASSWORD, type Site, USER } from "./site.js";
import { atTerminal, type Step } from "./terminal.js";

const POEM = "Bells, bells, bells:\nhow they tinkle in the icy air of night.\n";

/** What a client is called on the command line, and what is waited for before the user's name and password are typed. */
const CLIENTS = [
  { shown: "tnftp 127.0.0.1 2121", prompts: ["Name", "Password:"] },
  { shown: "inetutils-ftp 127.0.0.1 2121", prompts: ["Name", "Password:"] },
  { shown: "belfry ftp 127.0.0.1:2121", prompts: ["Name", "Password"] },
] as const;

const COMMANDS = ["cd pub", "ls", "get poem.txt", "send notes.txt", "close", "quit"];

/** Why no session can be recorded; `false` when one can. */
export const CANNOT_RECORD = missing("tnftp") || missing("inetutils-ftp") || missing("python3");

/**
 * What terminals show when people change into a directory, list it, get a file, send one and close, each with another client of one
 * server: as text, the server's port given as its default one.
 */
export async function recordSession(site: Site): Promise<string> {
  const sessions = [
    `$ belfry ftpd --root files --user ${USER}:${PASSWORD}\n${site.greeting.replace(site.root, "files")}`,
  ];
  for (const { shown, prompts } of CLIENTS) {
    putFile(join(site.root, "pub/poem.txt"), POEM);
    putFile(join(site.local, "notes.txt"), "to be sent\n");
    const [name, password] = prompts;
    const steps: Step[] = [
      [name, `${USER}\n`],
      [password, `${PASSWORD}\n`],
      ...COMMANDS.map((text): Step => ["ftp> ", `${text}\n`]),
    ];
    const [program = "", ...args] = shown.replace("2121", `${site.port}`).split(" ");
    const command = program === "belfry" ? [...BELFRY, ...args] : [program, ...args];
    const terminal = await atTerminal(site, command, steps);
    sessions.push(`$ ${shown}\n${terminal}`);
    site.clear();
  }
  return sessions.join("\n").replaceAll(/\r+\n/g, "\n").replaceAll(`:${site.port}`, ":2121");
}

/** A session without what is another each time: ports, speeds, the names and numbers of whoever runs it. */
export function withoutChance(session: string): string {
  return session
    .replaceAll(/\|\d+\|/g, "|port|")
    .replaceAll(/^(\d+ bytes \w+) in .*$/gm, "$1")
    .replaceAll(/^(\w+ "\S+": \d+ B) in .*$/gm, "$1")
    .replaceAll(/^Name \(.*?\)/gm, "Name")
    .replaceAll(/^(-rw-r--r--)( +\d+ )\d+ +\d+ +/gm, "$1$2owner ")
    .replaceAll(/^(-rw-r--r--) +\d+:\d+ +/gm, "$1 owner ");
}
