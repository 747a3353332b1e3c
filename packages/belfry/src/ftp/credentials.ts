import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Io } from "../io.js";
import type { Ask } from "./context.js";
import { describe, FtpFailure } from "./errors.js";
import { quoted } from "./names.js";
import { findInNetrc, type NetrcEntry } from "./netrc.js";

/** Who logs in. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Where credentials may come from. */
export interface CredentialSources {
  readonly io: Pick<Io, "env" | "stdout">;
  readonly ask: Ask | null;
  /** Whether a person is asked for the name as well; else nobody's name is `anonymous`. */
  readonly asksName: boolean;
  readonly usesNetrc: boolean;
  /** Gets a line when the `.netrc` cannot be used. */
  readonly tell: (line: string) => void;
}

const ANONYMOUS: ReadonlySet<string> = new Set(["anonymous", "ftp"]);
/** Who logs in where nobody is named. */
const NOBODY = "anonymous";
const ANONYMOUS_PASSWORD = "anonymous@";

/**
 * Finds who is to log in: what is given, then `BELFRY_FTP_PASSWORD`, then `.netrc`, then the user; anonymous where
 * nobody is named at all.
 *
 * @throws {FtpFailure} `ERR_FTP_LOGIN` when a password is needed and there is nobody to ask, or the user names nobody.
 */
export async function findCredentials(
  host: string,
  given: { readonly user?: string | undefined; readonly password?: string | undefined },
  { io, ask, asksName, usesNetrc, tell }: CredentialSources,
): Promise<Credentials> {
  const { user, password } = given;
  if (user !== undefined && password !== undefined) return { user, password };
  if (user !== undefined && ANONYMOUS.has(user)) return { user, password: ANONYMOUS_PASSWORD };
  const inEnvironment = io.env["BELFRY_FTP_PASSWORD"];
  if (user !== undefined && inEnvironment !== undefined) return { user, password: inEnvironment };
  const entry = usesNetrc ? await readNetrc(host, user, io, tell) : null;
  const known = user ?? entry?.login;
  const login = known ?? (asksName && ask !== null ? await askForName(host, ask, io) : NOBODY);
  if (known === undefined && ANONYMOUS.has(login)) return { user: login, password: ANONYMOUS_PASSWORD };
  const found = password ?? entry?.password ?? inEnvironment ?? (await ask?.(`Password for ${login}: `, true));
  if (found !== undefined && found !== null) return { user: login, password: found };
  throw new FtpFailure(
    "ERR_FTP_LOGIN",
    `Cannot log in as ${quoted(login)}: no password; set BELFRY_FTP_PASSWORD or put it into ~/.netrc`,
  );
}

/** Whether a password is worth guarding: what anonymous users send is none. */
export function isSecret({ user }: Credentials): boolean {
  return !ANONYMOUS.has(user);
}

/** As ftp(1) asks, but that a bare Enter tells the server nothing of who sits here. */
async function askForName(host: string, ask: Ask, { stdout }: Pick<Io, "stdout">): Promise<string> {
  const answer = await ask(`Name (${host}:${NOBODY}): `);
  if (answer !== null) return answer.trim() || NOBODY;
  // Ctrl-D leaves the cursor behind the question.
  stdout.write("\n");
  throw new FtpFailure("ERR_FTP_LOGIN", "Cannot log in: no name");
}

async function readNetrc(
  host: string,
  user: string | undefined,
  { env }: Pick<Io, "env">,
  tell: (line: string) => void,
): Promise<NetrcEntry | null> {
  const path = env["NETRC"] ?? join(env["HOME"] ?? homedir(), ".netrc");
  try {
    const entry = findInNetrc(await readFile(path, "utf8"), host, user);
    const { mode } = await stat(path);
    const isOpenToOthers = process.platform !== "win32" && (mode & 0o077) !== 0;
    if (entry?.password === undefined || !isOpenToOthers || ANONYMOUS.has(entry.login ?? "")) return entry;
    tell(`warning: the password in ${quoted(path)} is left unused: others can read the file; chmod 600 helps`);
    return { login: entry.login, password: undefined };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      tell(`warning: Cannot read ${quoted(path)}: ${describe(error)}`);
    }
    return null;
  }
}
