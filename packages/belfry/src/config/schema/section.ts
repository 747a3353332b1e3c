import { z } from "zod";
import type { KeyNotes } from "./leaf.js";
import { nearWord } from "../../text/near-word.js";

/** A key that may be left out. */
export function optional<T extends z.ZodType>(schema: T, notes: KeyNotes): z.ZodOptional<T> {
  // Under a name of our own: of a value that is read by a function, the library leaves "default" out.
  const { default: preset, ...rest } = notes;
  return schema.optional().meta({ ...rest, preset });
}

/** A key that has to be there. */
export function required<T extends z.ZodType>(schema: T, notes: KeyNotes): T {
  return schema.meta({ ...notes });
}

/**
 * An object with these keys and no others.
 *
 * @param expected what it is, as it follows "expected" where something else stands there.
 */
export function section<S extends z.core.$ZodLooseShape>(shape: S, expected: string): z.ZodObject<S, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? // One line for each key, in their order: `describeIssues` takes them apart again.
          issue.keys.map((key) => describeUnknown(key, known)).join("\n")
        : `expected ${expected}`,
  });
}

function describeUnknown(key: string, known: readonly string[]): string {
  const near = nearWord(key, known);
  return near === null ? `unknown key: expected one of ${known.join(", ")}` : `unknown key: did you mean "${near}"?`;
}

/** A list of such values. */
export function listOf<T extends z.ZodType>(schema: T, expected: string): z.ZodArray<T> {
  return z.array(schema, { error: `expected ${expected}` });
}

/** The first of several shapes that fits. */
export function either<const T extends readonly [z.ZodType, z.ZodType, ...z.ZodType[]]>(
  shapes: T,
  expected: string,
): z.ZodUnion<T> {
  return z.union(shapes, { error: `expected ${expected}` });
}
