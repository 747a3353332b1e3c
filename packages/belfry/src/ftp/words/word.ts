import type { FtpContext } from "../context.js";

/** What a word's argument may be completed to. */
export type Completion = "remote" | "remote-directory" | "local" | "local-directory" | "word";

/** The headings under which `help` lists words. */
export type WordGroup = "session" | "remote" | "local" | "transfer" | "settings";

/** One command of the client, as typed at its prompt. */
export interface Word {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly group: WordGroup;
  /** Its arguments: `"REMOTE [LOCAL]"`; empty for none. */
  readonly usage: string;
  /** What it does, for help: one line without a full stop. */
  readonly summary: string;
  /** How many arguments it takes, at least and at most. */
  readonly arity: readonly [number, number];
  /** What each argument is, in order; the last stands for all further ones. */
  readonly completions?: readonly Completion[];
  /**
   * @throws {FtpFailure} when it fails; an abort rejects with `signal.reason`.
   */
  run(context: FtpContext, args: readonly string[]): Promise<void>;
}
