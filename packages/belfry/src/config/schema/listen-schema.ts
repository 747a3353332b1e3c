import { octal, readBy, text } from "./leaf.js";
import { type NamedTarget, parseTarget } from "./listen-target.js";
import { TARGET_PATTERN } from "./patterns.js";
import { either, listOf, optional, required, section } from "./section.js";

const EXPECTED =
  'an address such as "127.0.0.1:8000", ":8000", "unix:/run/x.sock", "fd:3" or "systemd:NAME", { path, mode }, or a list of these';

const SOCKET = section(
  {
    path: required(text("the path of a Unix socket"), { description: "The Unix socket." }),
    mode: optional(octal("660"), {
      description: 'Permission bits of its file in octal, in quotes: "0660".',
      absent: "what the umask leaves",
    }),
  },
  "an object with path and mode",
).transform(({ path, mode }): NamedTarget => ({ kind: "unix", path, mode: mode ?? null }));

const TARGET = readBy({
  expected: "HOST:PORT, :PORT, unix:PATH, fd:NUMBER or systemd:NAME",
  read: parseTarget,
  pattern: TARGET_PATTERN,
});

const ONE = either([TARGET, SOCKET], EXPECTED);

/** One place to listen or several; always a list in the end. */
export const LISTEN = either(
  [ONE, listOf(ONE, EXPECTED).min(1, { error: `expected ${EXPECTED}` })],
  EXPECTED,
).transform((given): readonly NamedTarget[] => (Array.isArray(given) ? given : [given]));
