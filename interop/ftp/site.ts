import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach } from "node:test";
import { promisify } from "node:util";
import { type FtpOptions, ftp, userList } from "@belfry/ftp";
import { serve } from "@belfry/server";
import { BELFRY, says } from "../tools.js";

/** Who may log in at a {@link Site}, and read and write. */
export const USER = "ann";
export const PASSWORD = "sesame";

/** What `belfry ftpd` says of itself, in either order. */
const READY = /^(?=[^]*serving .*\n)[^]*listening on .*:(\d+)\n/;
/** Milliseconds a client may take. */
const TIME_LIMIT = 30_000;

/** An FTP server with a directory, and the directory its clients work in. Both are empty at the start of each test. */
export interface Site {
  /** What the server serves. */
  readonly root: string;
  /** Where clients run. */
  readonly local: string;
  readonly host: string;
  readonly port: number;
  /** `ftp://…` of a path, with the user's name and password. */
  url(path: string): string;
  /** What the server's program has said on standard error until it could be reached. */
  readonly greeting: string;
  /** Removes all files of both sides, as at the start of a test. */
  clear(): void;
  /** Runs a client in `local` with settings of its own, not those of whoever runs the tests, and gives what it wrote. */
  run(command: readonly string[], input?: string): Promise<string>;
}

/** A server that runs. */
interface Running {
  readonly port: number;
  readonly greeting?: string;
  readonly end: () => Promise<void>;
}

/** How a site's server is begun. */
export type Begin = (root: string) => Promise<Running>;

/** A `belfry ftpd` for the tests of a suite, as it is installed. */
export function ftpdSite(host = "127.0.0.1"): Site {
  return site(host, async (root) => {
    const listen = `${host.includes(":") ? `[${host}]` : host}:0`;
    const server = startFtpd(["--root", root, "--listen", listen]);
    const { 1: port, input: greeting } = await says(server.stderr, READY);
    return { port: Number(port), greeting, end: () => stop(server) };
  });
}

/** The service in this process, for what the command line has no option for. */
export function serviceSite(options: FtpOptions, host = "127.0.0.1"): Site {
  return site(host, async (root) => {
    const users = userList([{ name: USER, password: PASSWORD, root, permissions: "write" }]);
    const server = await serve({ host, port: 0 }, ftp({ authenticate: users, ...options }));
    return { port: server.addr.port, end: () => server.close() };
  });
}

function startFtpd(options: readonly string[]): ChildProcess {
  const [program, ...args] = [...BELFRY, "ftpd", ...options, "--user", `${USER}:${PASSWORD}`];
  return spawn(program ?? "", args, { stdio: ["ignore", "ignore", "pipe"] });
}

async function stop(server: ChildProcess): Promise<void> {
  const closed = once(server, "close");
  server.kill();
  await closed;
}

/** A site whose server is begun before the tests of a suite, and ended after them. */
export function site(host: string, begin: Begin): Site {
  let folder = "";
  let server: Running | null = null;
  const inside = (name: string): string => join(folder, name);

  const clear = (): void => {
    // Not with Node, for it cannot remove names that are not UTF-8. The root itself stays: the server may hold it open.
    execFileSync("rm", ["-rf", inside("local"), inside("home")]);
    execFileSync("find", [inside("root"), "-mindepth", "1", "-delete"]);
    for (const name of ["local", "home"]) mkdirSync(inside(name));
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "belfry-ftp-"));
    mkdirSync(inside("root"));
    server = await begin(inside("root"));
  });
  beforeEach(clear);
  after(async () => {
    await server?.end();
    if (folder !== "") execFileSync("rm", ["-rf", folder]);
  });

  return {
    get root() {
      return inside("root");
    },
    get local() {
      return inside("local");
    },
    host,
    get port() {
      return server?.port ?? 0;
    },
    get greeting() {
      return server?.greeting ?? "";
    },
    clear,
    url(path) {
      return `ftp://${USER}:${PASSWORD}@${host.includes(":") ? `[${host}]` : host}:${this.port}/${path}`;
    },
    run: (command, input = "") => runClient(command, input, { cwd: inside("local"), home: inside("home") }),
  };
}

async function runClient(
  [program = "", ...args]: readonly string[],
  input: string,
  { cwd, home }: { readonly cwd: string; readonly home: string },
): Promise<string> {
  const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: home, LC_ALL: "C.UTF-8", TZ: "UTC", TERM: "dumb" };
  const running = promisify(execFile)(program, args, { cwd, env, timeout: TIME_LIMIT });
  // A program that ends early is told by its status, not by the pipe it left.
  running.child.stdin?.on("error", () => {});
  running.child.stdin?.end(input);
  return (await running).stdout;
}
