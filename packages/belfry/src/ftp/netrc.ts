/** What a `.netrc` says about one machine. */
export interface NetrcEntry {
  readonly login: string | undefined;
  readonly password: string | undefined;
}

/**
 * Finds what a `.netrc` says about a host: its own entry, else the `default` one.
 *
 * @param user when given, only an entry for this login, or one without a login, is taken.
 * @returns `null` when it says nothing.
 */
export function findInNetrc(text: string, host: string, user?: string): NetrcEntry | null {
  for (const { machine, login, password } of entriesOf(tokensOf(text))) {
    const isForHost = machine === null || machine.toLowerCase() === host.toLowerCase();
    const isForUser = user === undefined || login === undefined || login === user;
    if (isForHost && isForUser) return { login, password };
  }
  return null;
}

interface Machine {
  /** `null` in the `default` entry. */
  readonly machine: string | null;
  login: string | undefined;
  password: string | undefined;
}

function entriesOf(tokens: readonly string[]): readonly Machine[] {
  const entries: Machine[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const current = entries[entries.length - 1];
    const token = tokens[at];
    if (token === "default") entries.push({ machine: null, login: undefined, password: undefined });
    else if (token === "machine") {
      entries.push({ machine: tokens[++at] ?? "", login: undefined, password: undefined });
    } else if (token === "login" && current !== undefined) current.login = tokens[++at];
    else if (token === "password" && current !== undefined) current.password = tokens[++at];
    else if (token === "account") at++;
  }
  return entries;
}

/** Words, with quotes taken off; without comments, and without macros, which go to the next empty line. */
function tokensOf(text: string): string[] {
  const plain = text.replaceAll(/(^|\n)[ \t]*macdef\b[^]*?(?:\r?\n[ \t]*(?=\r?\n)|$)/g, "$1");
  const tokens = plain.matchAll(/"((?:[^"\\]|\\.)*)"|(?<!\S)#[^\n]*|([^\s"]\S*)/g);
  return [...tokens].flatMap(([token, inQuotes, bare]) => {
    if (inQuotes !== undefined) return inQuotes.replaceAll(/\\(.)/g, "$1");
    return bare === undefined || token.startsWith("#") ? [] : bare;
  });
}
