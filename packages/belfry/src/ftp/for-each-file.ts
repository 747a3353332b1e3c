import type { FtpContext } from "./context.js";
import { commandFailure, describe } from "./errors.js";
import { quoted } from "./names.js";

/**
 * Does the same to several files, asking about each at a terminal: yes, no, all that are left, or none of them.
 *
 * One that fails is told and does not keep the rest from their turn.
 *
 * @param doing what is done, for the question: `get`.
 * @throws {FtpFailure} in the end, when some failed; at once when the connection is lost; an abort rejects with
 *   `signal.reason`.
 */
export async function forEachFile<File extends { readonly name: string }>(
  context: FtpContext,
  doing: string,
  files: readonly File[],
  run: (file: File) => Promise<void>,
): Promise<void> {
  const { signal, io } = context;
  let isAsking = context.state.isAsking && context.ask !== null;
  let failures = 0;
  for (const file of files) {
    signal.throwIfAborted();
    const answer = isAsking ? await askAbout(context, doing, file.name) : "yes";
    if (answer === "none") break;
    if (answer === "no") continue;
    if (answer === "all") isAsking = false;
    try {
      await run(file);
    } catch (error) {
      signal.throwIfAborted();
      if (!context.remote().isOpen || files.length === 1) throw error;
      failures++;
      io.stderr.write(`belfry: ${describe(error)}\n`);
    }
  }
  if (failures > 0) throw commandFailure(`Cannot ${doing} ${failures} of ${files.length} files`);
}

async function askAbout({ ask }: FtpContext, doing: string, name: string): Promise<"yes" | "no" | "all" | "none"> {
  for (;;) {
    // What is gone is gone: there, a bare Enter is a no.
    const preset = doing === "delete" ? "n" : "y";
    const choices = preset === "y" ? "Y/n/all/quit" : "y/N/all/quit";
    const answer = await ask?.(`${doing} ${quoted(name)}? [${choices}] `);
    if (answer === null || answer === undefined) return "none";
    const [letter = preset] = answer.trim().toLowerCase();
    const meaning = ({ y: "yes", n: "no", a: "all", q: "none" } as const)[letter];
    if (meaning !== undefined) return meaning;
  }
}
