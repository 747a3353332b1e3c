/** The argument of LIST or NLST, as if for `ls`. */
export interface ListArgument {
  /** Their letters without dashes. */
  readonly switches: string;
  /** Empty for none: the working directory. */
  readonly path: string;
}

/** Dashes with letters `ls` has and clients send. What else begins with a dash is a name. */
const CLUSTER = /^-[1aACdFhlLnRrStu]+$/;

/**
 * Parts switches from the path, which may hold spaces. A name that looks like switches is given behind `--`, or as
 * `./-l`.
 */
export function parseListArgument(text: string): ListArgument {
  let switches = "";
  let rest = text;
  while (rest.startsWith("-")) {
    const space = rest.indexOf(" ");
    const word = space === -1 ? rest : rest.slice(0, space);
    if (word !== "--" && !CLUSTER.test(word)) break;
    rest = space === -1 ? "" : rest.slice(space + 1);
    if (word === "--") break;
    switches += word.slice(1);
  }
  return { switches, path: rest };
}
