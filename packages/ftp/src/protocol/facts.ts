import type { FileInfo, FileType, InfoField } from "../storage/storage.js";
import { formatTime } from "./date.js";

/** What facts are made from. */
export interface FactsEntry {
  readonly info: FileInfo;
  /** Set for the directory that is listed itself, and for its parent. */
  readonly type?: "cdir" | "pdir" | undefined;
  /** What the user may do with it: letters of RFC 3659 §7.5.5. */
  readonly perm: string;
}

const TYPES: { readonly [T in FileType]: string } = {
  file: "file",
  directory: "dir",
  link: "OS.unix=symlink",
  other: "OS.unix=other",
};

/** What one fact is. */
interface Fact {
  /** `undefined` leaves it out. */
  readonly value: (entry: FactsEntry) => string | undefined;
  /** What it is made from, where that is not name and type. */
  readonly field?: InfoField;
}

/** In the order they are written. */
const KNOWN: ReadonlyMap<string, Fact> = new Map<string, Fact>([
  ["type", { value: ({ info, type }) => type ?? TYPES[info.type] }],
  ["size", { value: ({ info }) => (info.type === "file" ? String(info.size) : undefined), field: "size" }],
  ["modify", { value: ({ info }) => formatTime(info.modified), field: "modified" }],
  [
    "create",
    { value: ({ info }) => (info.created === undefined ? undefined : formatTime(info.created)), field: "created" },
  ],
  ["perm", { value: ({ perm }) => perm }],
  ["unique", { value: ({ info }) => sanitise(info.unique), field: "unique" }],
  ["UNIX.mode", { value: ({ info }) => info.mode?.toString(8).padStart(4, "0"), field: "mode" }],
  ["UNIX.owner", { value: ({ info }) => sanitise(info.owner), field: "owner" }],
  ["UNIX.group", { value: ({ info }) => sanitise(info.group), field: "group" }],
]);

/**
 * The facts MLST and MLSD know, in the order they are written. Names compare without regard to case (RFC 3659 §7.5).
 */
export const FACTS: readonly string[] = [...KNOWN.keys()];

const CANONICAL: ReadonlyMap<string, string> = new Map(FACTS.map((fact) => [fact.toLowerCase(), fact]));

/**
 * Writes the facts of one entry after another, with the space before its name: `type=file;size=5; `. Facts that are not known
 * of it are left out; no control character is in any.
 *
 * @param facts of {@link FACTS}, in the order wanted.
 * @see RFC 3659 §7.2
 */
export function factsFormatter(facts: readonly string[]): (entry: FactsEntry) => string {
  const values = facts.flatMap((name) => {
    const fact = KNOWN.get(name);
    return fact === undefined ? [] : [{ start: `${name}=`, value: fact.value }];
  });
  return (entry) => {
    let text = "";
    for (const { start, value } of values) {
      const written = value(entry);
      if (written !== undefined) text += `${start}${written};`;
    }
    return `${text} `;
  };
}

/** What facts are made from beside name and type. */
export function fieldsOf(facts: readonly string[]): readonly InfoField[] {
  return facts.map((fact) => KNOWN.get(fact)?.field).filter((field) => field !== undefined);
}

/**
 * The facts a client chooses with OPTS MLST: names with `;` behind each. Those not known are passed over (RFC 3659
 * §7.9).
 *
 * @returns of {@link FACTS}, in their order, each once.
 */
export function parseFactNames(text: string): readonly string[] {
  const wanted = new Set(text.split(";").map((name) => name.trim().toLowerCase()));
  return FACTS.filter((fact) => wanted.has(fact.toLowerCase()));
}

/** The line of FEAT: all facts, those selected with `*` behind them (RFC 3659 §7.8). */
export function formatFeature(selected: readonly string[]): string {
  return `MLST ${FACTS.map((fact) => `${fact}${selected.includes(fact) ? "*" : ""};`).join("")}`;
}

/**
 * The argument of MFF: `fact=value;…` and behind a space the path. The last `;` may be missing.
 *
 * @returns facts by name, those of {@link FACTS} spelt as there, others as sent; `null` when it has not this form, or
 * names a fact twice.
 * @see draft-somers-ftp-mfxx-04 §5
 */
export function parseFactChanges(
  text: string,
): { readonly facts: ReadonlyMap<string, string>; readonly path: string } | null {
  const space = text.indexOf(" ");
  const path = text.slice(space + 1);
  if (space < 1 || path === "") return null;
  const facts = new Map<string, string>();
  for (const part of text.slice(0, space).replace(/;$/, "").split(";")) {
    const equals = part.indexOf("=");
    const name = CANONICAL.get(part.slice(0, equals).toLowerCase()) ?? part.slice(0, equals);
    if (equals < 1 || facts.has(name)) return null;
    facts.set(name, part.slice(equals + 1));
  }
  return { facts, path };
}

/** A value of the characters RFC 3659 §7.2 lets a fact have; `_` for others. */
function sanitise(value: string | undefined): string | undefined {
  return value === undefined || /^\w*$/.test(value) ? value : value.replace(/[^\w,.:!@#$%^&()\-+?/\\'"=]/g, "_");
}
