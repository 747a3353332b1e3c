/** Says of a listing what is not in it, as the host's texts do; empty when no worker is missing. */
export function describeMissing(missing: readonly number[] = []): string {
  if (missing.length === 0) return "";
  const [who, verb] = missing.length === 1 ? ["worker", "does"] : ["workers", "do"];
  return `${who} ${missing.join(", ")} ${verb} not answer; not shown`;
}
