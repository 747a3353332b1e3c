import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

/** What a command does to the connections of a session; whoever answers writes the reply. */
export type Answer = (session: ScriptedSession, argument: string) => void | Promise<void>;

/** A server that does as a test says, and nothing that a server should refuse to do. */
export interface ScriptedServer extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly at: string;
  /** The commands that came, in order. */
  readonly heard: string[];
  /** Resolves once a command with this beginning has come. */
  readonly hears: (start: string) => Promise<void>;
}

/** One control connection. */
export class ScriptedSession {
  readonly control: Socket;
  readonly #passive: Server;
  readonly #data: Promise<Socket>;

  constructor(control: Socket) {
    this.control = control;
    this.#passive = createServer();
    this.#passive.listen(0, "127.0.0.1");
    this.#data = once(this.#passive, "connection").then(([socket]) => (socket as Socket).on("error", () => {}));
  }

  say(text: string): void {
    this.control.write(`${text}\r\n`);
  }

  async listen(): Promise<number> {
    if (!this.#passive.listening) await once(this.#passive, "listening");
    return (this.#passive.address() as AddressInfo).port;
  }

  /** The one data connection of this session. */
  data(): Promise<Socket> {
    return this.#data;
  }

  /** Sends all there is over the data connection, between the two replies of a transfer. */
  async send(content: string | Buffer): Promise<void> {
    this.say("150 Here it comes");
    const data = await this.data();
    data.end(content);
    await new Promise((resolve) => data.once("close", resolve));
    this.say("226 That was it");
  }

  close(): void {
    this.#passive.close();
    this.control.destroy();
    void this.#data.then((socket) => socket.destroy());
  }
}

const USUAL: Readonly<Record<string, Answer>> = {
  USER: (session) => session.say("230 Come in"),
  FEAT: (session) => session.say("211 None"),
  TYPE: (session) => session.say("200 Done"),
  NOOP: (session) => session.say("200 Here"),
  OPTS: (session) => session.say("502 No"),
  EPSV: async (session) => session.say(`229 (|||${await session.listen()}|)`),
  QUIT: (session) => void session.control.end("221 Bye\r\n"),
};

/** Starts one. Each session has a data connection at most once. */
export async function scriptedServer(answers: Readonly<Record<string, Answer>>): Promise<ScriptedServer> {
  const table = { ...USUAL, ...answers };
  const heard: string[] = [];
  const sessions = new Set<ScriptedSession>();
  const server = createServer((control) => {
    const session = new ScriptedSession(control);
    sessions.add(session);
    control.on("error", () => {});
    let rest = "";
    control.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        heard.push(line);
        const [verb = "", ...words] = line.split(" ");
        const answer = table[verb.toUpperCase()] ?? ((): void => session.say("502 No"));
        void answer(session, words.join(" "));
        server.emit("heard");
      }
    });
    session.say("220 Hello");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    at: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    async hears(start) {
      while (!heard.some((line) => line.startsWith(start))) await once(server, "heard");
    },
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.close();
      server.close();
      await once(server, "close");
    },
  };
}
