import type { Verb } from "./verb.js";

/**
 * The same verb under another name, as RFC 775 and old clients know it; FEAT does not name it twice.
 *
 * @throws {RangeError} when none of `verbs` is called `of`.
 */
export function alias(verbs: readonly Verb[], name: string, of: string): Verb {
  const verb = verbs.find((each) => each.name === of);
  if (verb === undefined) throw new RangeError(`Cannot make alias "${name}": there is no verb "${of}"`);
  const { feature: _feature, ...rest } = verb;
  return { ...rest, name, source: "RFC 775", help: `The same as ${of}.` };
}
