/**
 * Says of a listing what is not in it.
 *
 * @param missing numbers of workers that do not answer.
 * @param what of theirs it is, where something else of them is shown.
 * @returns a line without its end; `null` when none is missing.
 */
export function describeMissing(missing: readonly number[] = [], what?: string): string | null {
  if (missing.length === 0) return null;
  const [who, verb] = missing.length === 1 ? ["worker", "does"] : ["workers", "do"];
  return `${who} ${missing.join(", ")} ${verb} not answer; ${what === undefined ? "" : `${what} `}not shown`;
}
