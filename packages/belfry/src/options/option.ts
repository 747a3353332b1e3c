import { Option } from "commander";
import { UsageError } from "../usage-error.js";

/**
 * An option with a value that is read by `parse`; what that throws becomes wrong usage that names option and value.
 *
 * @param flags as Commander writes them: `"--delay <duration>"`.
 * @param description one line for the help, without a full stop.
 * @param parse from the text as typed to the value; throws an error saying what was expected when it cannot.
 */
export function option(flags: string, description: string, parse: (text: string) => unknown): Option {
  const made = new Option(flags, description);
  return made.argParser((text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new UsageError(`Cannot use ${made.long ?? flags} "${text}": ${(error as Error).message}`, { cause: error });
    }
  });
}

/** The same for an option that may be given again and again: its value is the list of all of them, empty by default. */
export function repeatedOption(flags: string, description: string, parse: (text: string) => unknown): Option {
  const single = option(flags, description, parse);
  const read = single.parseArg as (text: string, before: unknown) => unknown;
  return single.default([], "none").argParser<readonly unknown[]>((text, before) => [...before, read(text, undefined)]);
}
