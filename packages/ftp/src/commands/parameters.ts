import { ReplyError, reply } from "../protocol/reply.js";
import type { Reply } from "../protocol/reply.js";
import type { Session } from "../session/session.js";
import type { Verb } from "./verb.js";

/** How files are represented on the data connection: TYPE, MODE, STRU. */
export const PARAMETER_VERBS: readonly Verb[] = [
  {
    name: "TYPE",
    syntax: "<SP> A | I | L <SP> 8",
    argument: "text",
    source: "RFC 959 §4.1.2",
    help: "Sets the representation: A for text, I or L 8 for bytes as they are.",
    run: setType,
  },
  {
    name: "MODE",
    syntax: "<SP> S | Z",
    argument: "text",
    source: "RFC 959 §4.1.2, draft-preston-ftpext-deflate-04",
    help: "Sets the transmission mode: S for a plain stream, Z for a deflated one.",
    feature: ({ settings }) => (settings.advertisesCompression ? "MODE Z" : null),
    run: setMode,
  },
  {
    name: "STRU",
    syntax: "<SP> F",
    argument: "text",
    source: "RFC 959 §4.1.2",
    help: "Sets the file structure; F alone is known.",
    run: setStructure,
  },
];

/** What TYPE takes, and the representation each stands for. N, for no vertical format, is A's default. */
const TYPES: ReadonlyMap<string, "A" | "I"> = new Map([
  ["A", "A"],
  ["A N", "A"],
  ["I", "I"],
  ["L 8", "I"],
]);

function setType({ settings, state }: Session, argument: string): Reply {
  const name = argument.trim().toUpperCase();
  const type = TYPES.get(name);
  if (type === undefined) throw new ReplyError(504, "Only TYPE A, I and L 8 are implemented");
  state.form = { ...state.form, type: settings.convertsLineEnds ? type : "I" };
  return reply(200, `Type set to ${name}`);
}

function setMode({ state }: Session, argument: string): Reply {
  const mode = argument.trim().toUpperCase();
  if (mode !== "S" && mode !== "Z") throw new ReplyError(504, "Only MODE S and Z are implemented");
  state.form = { ...state.form, mode };
  return reply(200, `Mode set to ${mode}`);
}

function setStructure(_session: Session, argument: string): Reply {
  if (argument.trim().toUpperCase() !== "F") throw new ReplyError(504, "Only STRU F is implemented");
  return reply(200, "Structure set to F");
}
